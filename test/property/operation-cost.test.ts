import fc from 'fast-check';
import { type DocumentNode, Kind, parse, print, visit } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { OperationCosts } from '../../src/server/operation-cost.ts';
import type { SourceSlot } from '../../src/sources/source.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { randomQueries } from '../support/random-operation.ts';
import { countLooks } from './random-document.ts';

let gateway: TestGateway;
let ids: KnownIds;
let slots: readonly SourceSlot[];
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { MAX_ALIASES: '10000' } });
  ids = await readKnownIds(gateway);
  const { signal } = new AbortController();
  const caller = await gateway.gateway.authentication.authenticate(undefined);
  ({ slots } = gateway.gateway.createContext({ caller, requestId: 'test', signal, header: () => undefined }));
});
afterAll(() => gateway.dispose());

const costs = new OperationCosts({ schema, limit: Number.MAX_VALUE });

function estimateOf(document: DocumentNode, variables: Readonly<Record<string, unknown>> = {}): number {
  return costs.check({ document, operationName: undefined, variables, slots }).estimate;
}

const fixed = { seed: 20_260_306, numRuns: 150 };

describe('what an operation is estimated to cost', () => {
  it('is the same with everything in fragments of its own, in other orders and under other names', () => {
    fc.assert(
      fc.property(randomQueries(ids, 6), (text) => {
        const document = parse(text);
        const fragments: string[] = [];
        const spread = visit(document, {
          SelectionSet: {
            leave: (set, _key, _parent, _path, ancestors) => {
              const parent = ancestors.findLast((one) => 'kind' in one);
              const isOfFragment =
                parent !== undefined && 'kind' in parent && parent.kind === Kind.INLINE_FRAGMENT;
              if (!isOfFragment || parent.typeCondition === undefined) return undefined;
              const name = `F${fragments.length}`;
              const turned = { ...set, selections: [...set.selections].reverse() };
              fragments.push(`fragment ${name} on ${parent.typeCondition.name.value} ${print(turned)}`);
              const node = { kind: Kind.FRAGMENT_SPREAD, name: { kind: Kind.NAME, value: name } } as const;
              return { ...set, selections: [node, node] };
            },
          },
          Field: (field) =>
            field.alias === undefined
              ? undefined
              : { ...field, alias: { ...field.alias, value: `x_${field.alias.value}` } },
        });
        const other = parse([print(spread), ...fragments].join('\n'));
        expect([text, estimateOf(other)]).toEqual([text, estimateOf(document)]);
      }),
      fixed,
    );
  });

  it('is the same with its pages sizes as variables, and no less with larger ones', () => {
    fc.assert(
      fc.property(randomQueries(ids, 5), fc.integer({ min: 0, max: 88 }), (text, more) => {
        const sizes: number[] = [];
        const withVariables = text.replaceAll(/first: (\d+)/g, (_all, size: string) => {
          sizes.push(Number(size));
          return `first: $v${sizes.length - 1}`;
        });
        const names = sizes.map((_size, index) => `$v${index}: Int`);
        const document = parse(
          names.length === 0 ? text : withVariables.replace('query', `query (${names.join()})`),
        );
        const values = (added: number) =>
          Object.fromEntries(sizes.map((size, index) => [`v${index}`, size + added]));
        const estimate = estimateOf(parse(text));
        // What was one page may be two that nobody knows to be the same.
        expect(estimateOf(document, values(0))).toBeGreaterThanOrEqual(estimate);
        expect(estimateOf(document, values(more))).toBeGreaterThanOrEqual(estimate);
      }),
      fixed,
    );
  });

  it('is at most the sum of what its fields cost alone', () => {
    fc.assert(
      fc.property(randomQueries(ids, 5), (text) => {
        const document = parse(text);
        const [operation] = document.definitions;
        if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('no operation');
        const alone = operation.selectionSet.selections.map((selection) => {
          const selectionSet = { ...operation.selectionSet, selections: [selection] };
          return estimateOf({ ...document, definitions: [{ ...operation, selectionSet }] });
        });
        expect(estimateOf(document)).toBeLessThanOrEqual(alone.reduce((sum, one) => sum + one, 0));
      }),
      fixed,
    );
  });
});

/** Fragments on one type that each go down to the next one in several ways: more ways than could be followed one by one. */
function bomb(length: number, ways: (next: string, level: number) => string, last: string): DocumentNode {
  const levels = Array.from(
    { length },
    (_, level) => `fragment F${level} on Dataset { ${ways(`F${level + 1}`, level)} }`,
  );
  const start = `query { dataset(id: "${ids.datadogDataset}") { ...F0 } }`;
  return parse([start, ...levels, `fragment F${length} on Dataset { ${last} }`].join('\n'));
}

describe('fragments that multiply', () => {
  it.each<[string, (next: string, level: number) => string]>([
    ['by being spread twice', (next) => `...${next} ...on Dataset { ...${next} }`],
    [
      'by two fields',
      (next) => `currentVersion { dataset { ...${next} } } latestVersion { dataset { ...${next} } }`,
    ],
    [
      'by fields of other arguments',
      (next, level) =>
        `version(ref: "${level}") { dataset { ...${next} } } v: version(ref: "x") { dataset { ...${next} } }`,
    ],
    [
      'by what they have in common',
      (next) =>
        `currentVersion { dataset { ...${next} } } latestVersion { dataset { ...${next} } } a: currentVersion { dataset { ...${next} } }`,
    ],
  ])('%s are looked at a few times each', (_how, ways) => {
    for (const length of [10, 40]) {
      const document = bomb(length, ways, 'draftLock { since }');
      const looks = countLooks(document);
      const first = estimateOf(document);
      expect(first).toBeGreaterThan(0);
      expect(looks()).toBeLessThanOrEqual(6 * (length + 1));
      const afterOne = looks();
      expect(estimateOf(document)).toBe(first);
      // The plan of a document is made once.
      expect(looks()).toBe(afterOne);
    }
  });

  it('so that they cannot be told apart are refused, not followed without end', () => {
    const names = ['currentVersion', 'latestVersion', 'a: version(ref: "1")', 'b: version(ref: "2")'];
    // Each way of going down leads to another set of fragments.
    const fragments = Array.from({ length: 40 }, (_, index) => {
      const below = names.map((name, way) => {
        const next = [(index * 2 + way) % 40, (index * 3 + 7 * way + 1) % 40];
        return `${name} { dataset { ${next.map((one) => `...L0_${one}`).join(' ')} } }`;
      });
      return below.join(' ');
    });
    const levels = Array.from({ length: 14 }, (_level, depth) =>
      fragments
        .map((body, index) => {
          const next = depth === 13 ? 'name draftLock { since }' : body.replaceAll('L0_', `L${depth + 1}_`);
          return `fragment L${depth}_${index} on Dataset { ${next} }`;
        })
        .join('\n'),
    );
    const document = parse(
      `query { dataset(id: "${ids.datadogDataset}") { ...L0_0 ...L0_1 } }\n${levels.join('\n')}`,
    );
    const looks = countLooks(document);
    let outcome: unknown;
    try {
      outcome = estimateOf(document);
    } catch (error) {
      outcome = error;
    }
    expect(outcome).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE' });
    expect(looks()).toBeLessThan(1_000_000);
  });
});
