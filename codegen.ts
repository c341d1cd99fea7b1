import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for the tests, from the committed schema: a document that does not fit it fails here. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['test/documents/*.graphql', 'src/server/examples/*.graphql'],
  ignoreNoDocuments: false,
  generates: {
    'test/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        importExtension: '.ts',
        strictScalars: true,
        scalars: { DateTime: 'string', JSON: 'unknown', Decimal: 'string', File: 'File' },
      },
    },
  },
};

export default config;
