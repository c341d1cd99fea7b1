import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The build that Node and libraries load: two builds of graphql do not know each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // A machine that builds may stall for seconds under a test that holds an answer back: it gets a second try
    // there, which the summary shows. Elsewhere a failure is a failure.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    // No module holds state, so files may share a process: loading a vendor's SDK takes seconds.
    isolate: false,
  },
});
