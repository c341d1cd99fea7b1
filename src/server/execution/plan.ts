import {
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type {
  AbstractType,
  Arguments,
  FieldPlan,
  Fragments,
  SelectionPlan,
  Shape,
  Variables,
} from './plan-types.ts';

/** What a document tells once for all that execute it. */
export interface PlanSource {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
}

type Field = GraphQLField<unknown, unknown>;
type Grouped = Map<string, FieldNode[]>;

function isTakenOut(node: SelectionNode, variables: Variables): boolean {
  if (node.directives === undefined || node.directives.length === 0) return false;
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true ||
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] === false
  );
}

/** Plans one operation for the variables that its directives name: what is selected does not depend on others. */
class Planner {
  readonly #source: PlanSource;
  readonly #variables: Variables;

  constructor(source: PlanSource, variables: Variables) {
    this.#source = source;
    this.#variables = variables;
  }

  /** All that the sets select of one type together, in the order in which it is answered. */
  select(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): SelectionPlan {
    const grouped: Grouped = new Map();
    const spread = new Set<string>();
    for (const set of sets) this.#collect(type, set, grouped, spread);
    const fields: FieldPlan[] = [];
    for (const [key, nodes] of grouped) {
      const [node] = nodes;
      if (node !== undefined) fields.push(this.#field(type, key, node, nodes));
    }
    return { type, fields };
  }

  #collect(type: GraphQLObjectType, set: SelectionSetNode, grouped: Grouped, spread: Set<string>): void {
    for (const selection of set.selections) {
      if (isTakenOut(selection, this.#variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const nodes = grouped.get(key);
        if (nodes === undefined) grouped.set(key, [selection]);
        else nodes.push(selection);
        continue;
      }
      let inner: SelectionSetNode;
      let condition: string | undefined;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        inner = selection.selectionSet;
        condition = selection.typeCondition?.name.value;
      } else {
        const name = selection.name.value;
        const fragment: FragmentDefinitionNode | undefined = this.#source.fragments[name];
        if (spread.has(name) || fragment === undefined) continue;
        spread.add(name);
        inner = fragment.selectionSet;
        condition = fragment.typeCondition.name.value;
      }
      if (this.#applies(type, condition)) this.#collect(type, inner, grouped, spread);
    }
  }

  #applies(type: GraphQLObjectType, condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true;
    const { schema } = this.#source;
    const named = schema.getType(condition);
    return isAbstractType(named) && schema.isSubType(named, type);
  }

  #field(parent: GraphQLObjectType, key: string, node: FieldNode, nodes: readonly FieldNode[]): FieldPlan {
    const name = node.name.value;
    if (name === '__typename') return { kind: 'typename', key, nodes, parent, name };
    const field: Field | undefined = parent.getFields()[name];
    // A document that is valid names no other.
    if (field === undefined) throw new TypeError(`${parent.name} has no field ${name}`);
    return {
      kind: 'field',
      key,
      nodes,
      parent,
      name,
      field,
      node,
      resolve: field.resolve,
      // Most resolvers look at none of it. One that takes its arguments as a rest may.
      needsInfo: field.resolve === undefined || field.resolve.length === 0 || field.resolve.length > 3,
      arguments: staticArguments(field, node),
      shape: this.#shape(field.type, nodes),
    };
  }

  #shape(type: GraphQLOutputType, nodes: readonly FieldNode[]): Shape {
    const isNonNull = isNonNullType(type);
    const nullable = isNonNull ? type.ofType : type;
    if (isListType(nullable)) {
      // The item of a list of output types is one of them.
      return { kind: 'list', isNonNull, item: this.#shape(nullable.ofType as GraphQLOutputType, nodes) };
    }
    const sets = nodes.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]));
    if (isObjectType(nullable)) {
      return { kind: 'object', isNonNull, selection: this.select(nullable, sets) };
    }
    if (isAbstractType(nullable))
      return { kind: 'abstract', isNonNull, type: this.#abstract(nullable, sets) };
    // Nothing else is left: the type is neither a wrapper nor one that has fields.
    return { kind: 'leaf', isNonNull, type: nullable as GraphQLLeafType };
  }

  /** Most of the types that it may be are never met: each is planned when it is. */
  #abstract(type: AbstractType['type'], sets: readonly SelectionSetNode[]): AbstractType {
    const known = new Map<GraphQLObjectType, SelectionPlan>();
    return {
      type,
      select: (runtimeType) => {
        let selection = known.get(runtimeType);
        if (selection === undefined) {
          selection = this.select(runtimeType, sets);
          known.set(runtimeType, selection);
        }
        return selection;
      },
    };
  }
}

/** The arguments where they are the same in every execution; undefined where they are not, or do not fit. */
function staticArguments(field: Field, node: FieldNode): Arguments | undefined {
  let hasVariable = false;
  visit(node, {
    SelectionSet: () => false,
    Variable: () => {
      hasVariable = true;
    },
  });
  if (hasVariable) return undefined;
  try {
    return getArgumentValues(field, node);
  } catch {
    return undefined;
  }
}

/** Plans a query. The variables are those that {@link conditionsOf} names. */
export function planOf(source: PlanSource, variables: Variables): SelectionPlan | undefined {
  const type = source.schema.getQueryType();
  if (type === undefined || type === null) return undefined;
  return new Planner(source, variables).select(type, [source.operation.selectionSet]);
}

/** Whether all that its types are told apart by is what plans know of. */
export function isPlannable(schema: GraphQLSchema): boolean {
  return Object.values(schema.getTypeMap()).every((type) => {
    if (isObjectType(type)) return type.isTypeOf === undefined || type.isTypeOf === null;
    return !isAbstractType(type) || typeof type.resolveType === 'function';
  });
}

/** The variables that decide what is selected; undefined for an operation that no plan is made for. */
export function conditionsOf({ operation, fragments }: PlanSource): readonly string[] | undefined {
  const conditions = new Set<string>();
  let isPlanned = true;
  const look: ASTVisitor = {
    Field: ({ name, alias }) => {
      // Introspection has fields of its own; and an object with this member is not one with that key.
      if (name.value === '__schema' || name.value === '__type' || alias?.value === '__proto__')
        isPlanned = false;
    },
    Variable: ({ name }, _key, _parent, _path, ancestors) => {
      if (ancestors.some(isDirective)) conditions.add(name.value);
    },
  };
  visit(operation, look);
  for (const fragment of Object.values(fragments)) visit(fragment, look);
  return isPlanned ? [...conditions] : undefined;
}

function isDirective(node: unknown): boolean {
  return typeof node === 'object' && node !== null && 'kind' in node && node.kind === Kind.DIRECTIVE;
}
