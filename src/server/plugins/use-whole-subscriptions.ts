import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Refuses `@skip` and `@include` where a subscription names its field, as the specification does (September 2025,
 * 5.2.4.1): without its field it is none, which graphql-js finds out too late to say.
 */
function wholeSubscriptionsRule(context: ValidationContext): ASTVisitor {
  const check = (set: SelectionSetNode, seen: ReadonlySet<string>): void => {
    for (const selection of set.selections) {
      const directive = selection.directives?.find(({ name }) => ['skip', 'include'].includes(name.value));
      if (directive !== undefined) {
        const message = `A subscription has its field always: take \`@${directive.name.value}\` away from it.`;
        context.reportError(new GraphQLError(message, { nodes: directive }));
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) check(selection.selectionSet, seen);
      if (selection.kind !== Kind.FRAGMENT_SPREAD) continue;
      const { value: name } = selection.name;
      // What spreads itself is refused by another rule.
      const fragment = seen.has(name) ? undefined : context.getFragment(name);
      if (fragment) check(fragment.selectionSet, new Set([...seen, name]));
    }
  };
  return {
    OperationDefinition: ({ operation, selectionSet }) => {
      if (operation === OperationTypeNode.SUBSCRIPTION) check(selectionSet, new Set());
      return false;
    },
  };
}

/** Refuses subscriptions that may come to nothing. */
export function useWholeSubscriptions(): Plugin {
  return { onValidate: ({ addValidationRule }) => addValidationRule(wholeSubscriptionsRule) };
}
