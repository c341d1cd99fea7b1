import { NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** With introspection off it is refused. */
export function useIntrospectionSwitch(on: boolean): Plugin {
  if (on) return {};
  return { onValidate: ({ addValidationRule }) => addValidationRule(NoSchemaIntrospectionCustomRule) };
}
