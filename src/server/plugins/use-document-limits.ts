import { parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { asLimitError, type DocumentLimits, documentLimitRules } from '../document-limits.ts';

/** Refuses documents over the limits: tokens while parsing, depth and aliases before validation goes further. */
export function useDocumentLimits(limits: DocumentLimits): Plugin {
  const rules = documentLimitRules(limits);
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source, options) => {
        try {
          return parse(source, { ...options, maxTokens: limits.maxTokens });
        } catch (error) {
          throw asLimitError(error, limits);
        }
      });
    },
    onValidate: ({ addValidationRule, validateFn, setValidationFn }) => {
      for (const rule of rules) addValidationRule(rule);
      setValidationFn((...given) => {
        try {
          return validateFn(...given).map((error: unknown) => asLimitError(error, limits));
        } catch (error) {
          throw asLimitError(error, limits);
        }
      });
    },
  };
}
