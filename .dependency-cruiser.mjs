/** The layers of src, lowest last: each may import what stands below it (DESIGN: "The house"). */
const vendors = ['datadog', 'humanloop', 'posthog'];
const port = '^src/sources/source\\.ts$';
const entry = '^src/(main|gateway|config)\\.ts$|^src/config/';

/** A layer may import only itself, `domain`, `telemetry` and what is listed. */
function layer(name, ...allowed) {
  return {
    name: `${name}-imports-down-only`,
    comment: `src/${name} may import itself, domain, telemetry${allowed.map((path) => `, ${path}`).join('')}`,
    severity: 'error',
    from: { path: `^src/${name}/` },
    to: {
      path: '^(src|sandbox|test|bench)/',
      pathNot: [`^src/${name}/`, '^src/domain/', '^src/telemetry/', ...allowed],
    },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules that import one another cannot be understood, or loaded, one at a time.',
      severity: 'error',
      from: { path: '^(src|sandbox)/' },
      to: { circular: true },
    },
    {
      name: 'domain-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^(src|sandbox|test|bench)/', pathNot: '^src/domain/' },
    },
    layer('schema', '^src/resolvers/', '^src/context\\.ts$', port),
    layer('resolvers', '^src/loaders/', '^src/coordination/', '^src/context\\.ts$', port),
    layer('coordination'),
    layer('loaders', port),
    layer('sources', '^src/http/'),
    layer('http'),
    {
      name: 'telemetry-imports-little',
      severity: 'error',
      from: { path: '^src/telemetry/' },
      to: {
        path: '^(src|sandbox|test|bench)/',
        pathNot: ['^src/telemetry/', '^src/domain/', '^src/http/upstream\\.ts$'],
      },
    },
    {
      name: 'context-is-types-beside-resolvers',
      severity: 'error',
      from: { path: '^src/context\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/domain/', '^src/loaders/', '^src/coordination/', port] },
    },
    ...vendors.map((vendor) => ({
      name: `${vendor}-imports-no-other-vendor`,
      severity: 'error',
      from: { path: `^src/sources/${vendor}/` },
      to: { path: '^src/sources/[^/]+/', pathNot: `^src/sources/${vendor}/` },
    })),
    {
      name: 'only-the-registry-imports-a-vendor',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/sources/registry\\.ts$', '^src/sources/[^/]+/'] },
      to: { path: '^src/sources/[^/]+/' },
    },
    {
      name: 'only-the-composition-root-imports-the-registry',
      severity: 'error',
      from: { path: '^src/', pathNot: entry },
      to: { path: '^src/sources/registry\\.ts$' },
    },
    {
      name: 'wire-schemas-only-in-sources',
      comment:
        'What comes over the wire is parsed at the boundary, in sources; config parses the environment.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/sources/', '^src/config/'] },
      to: { path: 'node_modules/zod' },
    },
    {
      name: 'src-knows-no-sandbox',
      comment: 'Only main.ts starts it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main\\.ts$' },
      to: { path: '^sandbox/' },
    },
    {
      name: 'sandbox-imports-nothing-from-src',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(src|test|bench)/' },
    },
    {
      name: 'src-imports-no-test',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
