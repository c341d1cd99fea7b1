const port = '^src/sources/source\\.ts$';
const aVendor = '^src/sources/[^/]+/';

/** All that there is in src: what lies elsewhere would escape the rules below. */
const layers = [
  '^src/(main|gateway|shared|config|context)\\.ts$',
  '^src/(changes|config|coordination|domain|http|loaders|redis|resolvers|schema|server|sources|telemetry)/',
];

/** A layer may import only itself, `domain`, `telemetry` and what is listed (DESIGN: "The house"). */
function layer(name, ...allowed) {
  return {
    name: `${name}-imports-down-only`,
    comment: `src/${name} may import itself, domain, telemetry${allowed.map((path) => `, ${path}`).join('')}`,
    severity: 'error',
    from: { path: `^src/${name}/` },
    to: { path: '^src/', pathNot: [`^src/${name}/`, '^src/domain/', '^src/telemetry/', ...allowed] },
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
      name: 'what-is-imported-is-there',
      comment: 'What cannot be found has no path that the rules below could look at.',
      severity: 'error',
      from: { path: '^(src|sandbox)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-file-beside-the-layers',
      comment: 'A new layer has a rule of its own here.',
      severity: 'error',
      from: { path: '^src/', pathNot: layers },
      to: {},
    },
    {
      name: 'no-import-from-beside-the-layers',
      severity: 'error',
      from: { path: layers },
      to: { path: '^src/', pathNot: layers },
    },
    {
      name: 'domain-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^src/', pathNot: '^src/domain/' },
    },
    layer('schema', '^src/resolvers/', '^src/context\\.ts$', port),
    layer('resolvers', '^src/(loaders|changes|coordination)/', '^src/context\\.ts$', port),
    layer('loaders', port),
    layer('changes', port, '^src/redis/'),
    layer('coordination', '^src/redis/'),
    layer('redis'),
    layer('sources', '^src/http/'),
    layer('http'),
    {
      name: 'telemetry-imports-little',
      severity: 'error',
      from: { path: '^src/telemetry/' },
      to: {
        path: '^src/',
        pathNot: ['^src/telemetry/', '^src/domain/', '^src/http/upstream\\.ts$'],
      },
    },
    {
      name: 'context-is-types-beside-resolvers',
      severity: 'error',
      from: { path: '^src/context\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/(domain|loaders|changes|coordination)/', port] },
    },
    {
      name: 'context-holds-no-code',
      severity: 'error',
      from: { path: '^src/context\\.ts$' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-vendor-imports-another',
      severity: 'error',
      from: { path: '^src/sources/([^/]+)/' },
      to: { path: aVendor, pathNot: '^src/sources/$1/' },
    },
    {
      name: 'only-the-registry-imports-a-vendor',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/sources/registry\\.ts$', aVendor] },
      to: { path: aVendor },
    },
    {
      name: 'only-the-composition-root-imports-the-registry',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/gateway\\.ts$', '^src/config(\\.ts$|/)'] },
      to: { path: '^src/sources/registry\\.ts$' },
    },
    {
      name: 'only-main-and-server-know-the-gateway',
      comment: 'Config is read before there is one; what is in it is not to know where.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(main|gateway)\\.ts$', '^src/server/'] },
      to: { path: '^src/gateway\\.ts$' },
    },
    {
      name: 'nothing-imports-main',
      comment: 'To import it is to start it.',
      severity: 'error',
      from: { path: '^(src|sandbox)/' },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'wire-schemas-only-in-sources',
      comment:
        'What comes over the wire is parsed at the boundary, in sources; config parses the environment, and the codec what instances tell one another.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/sources/',
          '^src/config/',
          '^src/changes/redis-codec\\.ts$',
          '^src/coordination/redis-',
        ],
      },
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
      to: { path: '^(src|test|bench|scripts)/' },
    },
    {
      name: 'src-imports-no-tools',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'what-runs-is-a-dependency',
      comment: 'Packages that only development has, or that nothing declares, are not there where it runs.',
      severity: 'error',
      from: { path: '^(src|sandbox)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
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
