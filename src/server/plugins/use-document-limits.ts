import { parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { type DocumentLimits, documentLimitRules } from '../document-limits.ts';

/** Refuses documents over the limits: tokens while parsing, depth and aliases before validation goes further. */
export function useDocumentLimits(limits: DocumentLimits): Plugin {
  const rules = documentLimitRules(limits);
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source, options) => parse(source, { ...options, maxTokens: limits.maxTokens }));
    },
    onValidate: ({ addValidationRule }) => {
      for (const rule of rules) addValidationRule(rule);
    },
  };
}
