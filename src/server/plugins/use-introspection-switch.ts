import { GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const suggestion = / Did you mean .+\?$/;

function withoutSuggestion(error: GraphQLError): GraphQLError {
  if (!suggestion.test(error.message)) return error;
  return new GraphQLError(error.message.replace(suggestion, ''), { nodes: error.nodes ?? null });
}

/** With introspection off neither it nor the suggestions in validation messages tell of the schema. */
export function useIntrospectionSwitch(on: boolean): Plugin {
  if (on) return {};
  return {
    onValidate: ({ addValidationRule }) => {
      addValidationRule(NoSchemaIntrospectionCustomRule);
      return ({ result, setResult }) => {
        if (!Array.isArray(result)) return;
        setResult(result.map(withoutSuggestion));
      };
    },
  };
}
