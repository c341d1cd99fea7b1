import { dirname, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cruiseTree, type Finding, readRules, root, writeTree } from './cruise-tree.ts';

type Import = readonly [from: string, to: string];

/** What must be refused: for each rule, who imports what, be it a type or a value. */
const refused: Readonly<Record<string, readonly Import[]>> = {
  'what-is-imported-is-there': [
    ['src/domain/example.ts', './nowhere.ts'],
    ['sandbox/example.ts', '#nowhere'],
  ],
  'no-file-beside-the-layers': [
    ['src/util.ts', 'src/domain/target.ts'],
    ['src/helpers/example.ts', 'src/sources/source.ts'],
  ],
  'no-import-from-beside-the-layers': [
    ['src/server/example.ts', 'src/utilities.ts'],
    ['src/main.ts', 'src/common/target.ts'],
  ],
  'domain-imports-nothing-of-ours': [
    ['src/domain/example.ts', 'src/telemetry/target.ts'],
    ['src/domain/example.ts', 'src/http/target.ts'],
    ['src/domain/example.ts', 'src/context.ts'],
  ],
  'schema-imports-down-only': [
    ['src/schema/example.ts', 'src/server/target.ts'],
    ['src/schema/example.ts', 'src/loaders/target.ts'],
    ['src/schema/example.ts', 'src/changes/target.ts'],
    ['src/schema/example.ts', 'src/http/target.ts'],
    ['src/schema/example.ts', 'src/sources/streams.ts'],
    ['src/schema/example.ts', 'src/config.ts'],
  ],
  'resolvers-imports-down-only': [
    ['src/resolvers/example.ts', 'src/schema/target.ts'],
    ['src/resolvers/example.ts', 'src/server/target.ts'],
    ['src/resolvers/example.ts', 'src/http/target.ts'],
    ['src/resolvers/example.ts', 'src/sources/streams.ts'],
    ['src/resolvers/example.ts', 'src/config/target.ts'],
  ],
  'loaders-imports-down-only': [
    ['src/loaders/example.ts', 'src/sources/streams.ts'],
    ['src/loaders/example.ts', 'src/resolvers/target.ts'],
    ['src/loaders/example.ts', 'src/changes/target.ts'],
    ['src/loaders/example.ts', 'src/http/target.ts'],
    ['src/loaders/example.ts', 'src/context.ts'],
  ],
  'changes-imports-down-only': [
    ['src/changes/example.ts', 'src/sources/streams.ts'],
    ['src/changes/example.ts', 'src/loaders/target.ts'],
    ['src/changes/example.ts', 'src/resolvers/target.ts'],
    ['src/changes/example.ts', 'src/http/target.ts'],
  ],
  'coordination-imports-down-only': [
    ['src/coordination/example.ts', 'src/sources/source.ts'],
    ['src/coordination/example.ts', 'src/resolvers/target.ts'],
    ['src/coordination/example.ts', 'src/context.ts'],
  ],
  'sources-imports-down-only': [
    ['src/sources/example.ts', 'src/loaders/target.ts'],
    ['src/sources/datadog/example.ts', 'src/resolvers/target.ts'],
    ['src/sources/posthog/example.ts', 'src/context.ts'],
    ['src/sources/humanloop/example.ts', 'src/config.ts'],
  ],
  'http-imports-down-only': [
    ['src/http/example.ts', 'src/sources/source.ts'],
    ['src/http/example.ts', 'src/loaders/target.ts'],
    ['src/http/example.ts', 'src/server/target.ts'],
  ],
  'redis-imports-down-only': [
    ['src/redis/example.ts', 'src/sources/source.ts'],
    ['src/redis/example.ts', 'src/changes/target.ts'],
    ['src/redis/example.ts', 'src/server/target.ts'],
  ],
  'telemetry-imports-little': [
    ['src/telemetry/example.ts', 'src/sources/source.ts'],
    ['src/telemetry/example.ts', 'src/http/target.ts'],
    ['src/telemetry/example.ts', 'src/server/target.ts'],
  ],
  'context-is-types-beside-resolvers': [
    ['src/context.ts', 'src/server/target.ts'],
    ['src/context.ts', 'src/http/target.ts'],
    ['src/context.ts', 'src/sources/streams.ts'],
    ['src/context.ts', 'src/resolvers/target.ts'],
  ],
  'no-vendor-imports-another': [
    ['src/sources/datadog/example.ts', 'src/sources/posthog/target.ts'],
    ['src/sources/posthog/example.ts', 'src/sources/humanloop/target.ts'],
    ['src/sources/a-new-vendor/example.ts', 'src/sources/datadog/target.ts'],
    ['src/sources/datadog/example.ts', 'src/sources/a-new-vendor/target.ts'],
  ],
  'only-the-registry-imports-a-vendor': [
    ['src/server/example.ts', 'src/sources/datadog/target.ts'],
    ['src/gateway.ts', 'src/sources/posthog/target.ts'],
    ['src/config.ts', 'src/sources/humanloop/target.ts'],
    ['src/main.ts', 'src/sources/a-new-vendor/target.ts'],
    ['src/sources/example.ts', 'src/sources/datadog/target.ts'],
  ],
  'only-the-composition-root-imports-the-registry': [
    ['src/server/example.ts', 'src/sources/registry.ts'],
    ['src/main.ts', 'src/sources/registry.ts'],
    ['src/sources/example.ts', 'src/sources/registry.ts'],
    ['src/sources/datadog/example.ts', 'src/sources/registry.ts'],
  ],
  'only-main-and-server-know-the-gateway': [
    ['src/config.ts', 'src/gateway.ts'],
    ['src/config/example.ts', 'src/gateway.ts'],
  ],
  'nothing-imports-main': [
    ['src/gateway.ts', 'src/main.ts'],
    ['src/server/example.ts', 'src/main.ts'],
  ],
  'wire-schemas-only-in-sources': [
    ['src/resolvers/example.ts', 'zod'],
    ['src/domain/example.ts', 'zod'],
    ['src/server/example.ts', 'zod'],
    ['src/http/example.ts', 'zod'],
    ['src/config.ts', 'zod'],
  ],
  'src-knows-no-sandbox': [
    ['src/gateway.ts', 'sandbox/target.ts'],
    ['src/server/example.ts', 'sandbox/target.ts'],
    ['src/config.ts', 'sandbox/target.ts'],
    ['src/sources/datadog/example.ts', 'sandbox/target.ts'],
    ['src/domain/example.ts', 'sandbox/target.ts'],
  ],
  'sandbox-imports-nothing-from-src': [
    ['sandbox/example.ts', 'src/domain/target.ts'],
    ['sandbox/datadog/example.ts', 'src/http/target.ts'],
    ['sandbox/example.ts', 'test/target.ts'],
    ['sandbox/example.ts', 'scripts/target.ts'],
  ],
  'src-imports-no-tools': [
    ['src/main.ts', 'test/target.ts'],
    ['src/domain/example.ts', 'test/target.ts'],
    ['src/server/example.ts', 'bench/target.ts'],
    ['src/config.ts', 'scripts/target.ts'],
  ],
};

/** What must be refused as soon as it is more than a type. */
const refusedAsValue: Readonly<Record<string, readonly Import[]>> = {
  'context-holds-no-code': [
    ['src/context.ts', 'src/loaders/target.ts'],
    ['src/context.ts', 'src/changes/target.ts'],
    ['src/context.ts', 'src/sources/source.ts'],
  ],
  'what-runs-is-a-dependency': [
    ['src/server/example.ts', 'fast-check'],
    ['sandbox/example.ts', 'undeclared'],
  ],
};

/** What must be allowed, or the rules could refuse everything. */
const allowed: readonly Import[] = [
  ['src/main.ts', 'sandbox/target.ts'],
  ['src/main.ts', 'src/server/target.ts'],
  ['src/server/example.ts', 'src/gateway.ts'],
  ['src/gateway.ts', 'src/sources/registry.ts'],
  ['src/config.ts', 'src/sources/registry.ts'],
  ['src/sources/registry.ts', 'src/sources/datadog/target.ts'],
  ['src/sources/datadog/example.ts', 'src/sources/streams.ts'],
  ['src/sources/datadog/example.ts', 'src/sources/datadog/target.ts'],
  ['src/sources/datadog/example.ts', 'src/http/target.ts'],
  ['src/sources/datadog/example.ts', 'zod'],
  ['src/config/example.ts', 'zod'],
  ['src/loaders/example.ts', 'src/sources/source.ts'],
  ['src/changes/example.ts', 'src/sources/source.ts'],
  ['src/resolvers/example.ts', 'src/loaders/target.ts'],
  ['src/resolvers/example.ts', 'src/changes/target.ts'],
  ['src/resolvers/example.ts', 'src/coordination/target.ts'],
  ['src/resolvers/example.ts', 'src/context.ts'],
  ['src/schema/example.ts', 'src/resolvers/target.ts'],
  ['src/http/example.ts', 'src/telemetry/target.ts'],
  ['src/loaders/example.ts', 'src/telemetry/target.ts'],
  ['src/changes/example.ts', 'src/domain/target.ts'],
];

const target = 'export type Value = number;\nexport const value: Value = 1;\n';

/** What is in every tree: path and text. */
const always: readonly (readonly [path: string, text: string])[] = [
  ['sandbox/index.ts', target],
  [
    'package.json',
    JSON.stringify({ dependencies: { zod: '1.0.0' }, devDependencies: { 'fast-check': '1.0.0' } }),
  ],
  ...['zod', 'fast-check', 'undeclared'].flatMap((name): [string, string][] => [
    [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
    [`node_modules/${name}/index.js`, 'exports.value = 1;\n'],
  ]),
];

function isOurs(path: string): boolean {
  return /^(src|sandbox|test|bench|scripts)\//.test(path);
}

function specifierOf([from, to]: Import): string {
  if (!isOurs(to)) return to;
  const path = relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Holds the rules against a tree in which these imports are all that there is. */
async function findingsOf(
  imports: readonly Import[],
  write: (specifier: string, index: number) => string,
): Promise<readonly Finding[]> {
  const files = new Map<string, string>(always);
  for (const [, to] of imports) if (isOurs(to)) files.set(to, target);
  imports.forEach((one, index) => {
    const [from] = one;
    files.set(from, `${files.get(from) ?? ''}${write(specifierOf(one), index)}\n`);
  });
  await using tree = await writeTree(files);
  return cruiseTree(tree.path, ['src', 'sandbox']);
}

function tell({ rule, from, to }: Finding): string {
  return `${rule}: ${from} -> ${to.replace(/^node_modules\/([^/]+).*/, '$1')}`;
}

function expectedOf(table: Readonly<Record<string, readonly Import[]>>): readonly string[] {
  return Object.entries(table).flatMap(([rule, imports]) =>
    imports.map(([from, to]) => tell({ rule, from, to })),
  );
}

const everyImport = [refused, refusedAsValue].flatMap((table) => Object.values(table).flat());

describe('the import rule', () => {
  it('is kept', async () => {
    expect(await cruiseTree(root, ['src', 'sandbox'])).toEqual([]);
  });

  it('has an example here of what each part of it refuses, all of them as errors', async () => {
    const { forbidden } = await readRules();
    const named = ['no-cycles', ...Object.keys(refused), ...Object.keys(refusedAsValue)];
    expect(forbidden.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
    expect(forbidden.filter(({ severity }) => severity !== 'error')).toEqual([]);
  });

  it('refuses types that are imported against it, each by the part that is about it and no other', async () => {
    const findings = await findingsOf(
      [...everyImport, ...allowed],
      (specifier, index) => `import type { Value as Value${index} } from '${specifier}';`,
    );
    expect(findings.map(tell).toSorted()).toEqual(expectedOf(refused).toSorted());
  });

  it('refuses values that are imported against it, each by the part that is about it and no other', async () => {
    const findings = await findingsOf(
      [...everyImport, ...allowed],
      (specifier, index) =>
        `import { value as value${index} } from '${specifier}';\nexport { value${index} };`,
    );
    const ofContext = Object.values(refused)
      .flat()
      .filter(([from]) => from === 'src/context.ts');
    const expected = [
      ...expectedOf(refused),
      ...expectedOf(refusedAsValue),
      ...expectedOf({ 'context-holds-no-code': ofContext }),
    ];
    expect(findings.map(tell).toSorted()).toEqual(expected.toSorted());
  });

  it('sees every way to write an import', async () => {
    const ways: readonly ((specifier: string) => string)[] = [
      (specifier) => `import { type Value } from '${specifier}';\nexport type Other = Value;`,
      (specifier) => `import * as all from '${specifier}';\nexport const other = all.value;`,
      (specifier) => `import type * as all from '${specifier}';\nexport type Other = all.Value;`,
      (specifier) => `export * from '${specifier}';`,
      (specifier) => `export { value } from '${specifier}';`,
      (specifier) => `export type { Value } from '${specifier}';`,
      (specifier) => `import '${specifier}';`,
      (specifier) => `export const other = () => import('${specifier}');`,
      (specifier) => `export type Other = import('${specifier}').Value;`,
      (specifier) => `export const other: typeof import('${specifier}').value = 1;`,
    ];
    const imports = ways.map((_, index): Import => [`src/domain/way-${index}.ts`, 'src/http/target.ts']);
    const findings = await findingsOf(imports, (specifier, index) => ways[index]?.(specifier) ?? '');
    expect(findings.map(tell).toSorted()).toEqual(
      expectedOf({ 'domain-imports-nothing-of-ours': imports }).toSorted(),
    );
  });

  it('refuses modules that import one another, be it types only', async () => {
    const circle: readonly Import[] = [
      ['src/domain/one.ts', 'src/domain/two.ts'],
      ['src/domain/two.ts', 'src/domain/three.ts'],
      ['src/domain/three.ts', 'src/domain/one.ts'],
    ];
    const findings = await findingsOf(
      circle,
      (specifier, index) => `import type { Value as Value${index} } from '${specifier}';`,
    );
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(['no-cycles']));
  });
});
