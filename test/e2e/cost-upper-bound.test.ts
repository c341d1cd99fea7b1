import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  separateOperations,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { randomQueries } from '../support/random-operation.ts';
import { present } from './reading.ts';

let gateway: TestGateway;
let ids: KnownIds;
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { MAX_UPSTREAM_CALLS: '100000', MAX_ALIASES: '1000' } });
  ids = await readKnownIds(gateway);
});
afterAll(() => gateway.dispose());

function callsOf({ upstream }: Answer<unknown>): number {
  return Object.values(present(upstream)).reduce((sum, { calls }) => sum + calls, 0);
}

const read = (pattern: string): DocumentNode[] =>
  globSync(pattern).map((file) => parse(readFileSync(file, 'utf8')));

const fragments = read('test/documents/*.graphql').flatMap(({ definitions }) =>
  definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION),
);

/** Every query of the documents of these tests and of GraphiQL's examples, with the fragments that it uses. */
const queries: readonly (readonly [name: string, text: string, operation: OperationDefinitionNode])[] = [
  ...read('test/documents/*.graphql').map(({ definitions }) => ({
    kind: Kind.DOCUMENT as const,
    definitions: [...definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION), ...fragments],
  })),
  ...read('src/server/examples/*.graphql'),
]
  .flatMap((document) => Object.values(separateOperations(document)))
  .flatMap((document) => {
    const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
    return operation.operation === OperationTypeNode.QUERY
      ? [[operation.name?.value ?? '', print(document), operation] as const]
      : [];
  });

type Values = Readonly<Record<string, unknown>>;

/** Values of the variables of a query, by their names: a set for each vendor and size of page. */
function variablesOf(name: string, { variableDefinitions = [] }: OperationDefinitionNode): readonly Values[] {
  const known = ids;
  const vendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const;
  return [1, 25, 100].flatMap((first) =>
    vendors.map((vendor) => {
      const of = (kind: 'Dataset' | 'Item' | 'Prompt'): string =>
        known[`${vendor.toLowerCase() as 'datadog' | 'humanloop' | 'posthog'}${kind}`];
      const idOf = (): string => {
        if (/Item$/.test(name)) return of('Item');
        if (/ModelLab/.test(name)) return known.modelLabProject;
        if (/Review/.test(name)) return known.traceReview;
        if (/Project/.test(name)) return known.project;
        return /Prompt/.test(name) ? of('Prompt') : of('Dataset');
      };
      const values: Values = {
        first,
        shared: first,
        marker: first,
        id: idOf(),
        ids: Object.values(known),
        ref: /Read(Dataset|Prompt)Version|ListItemsOfVersion/.test(name)
          ? '1'
          : { vendor, kind: 'PROMPT', vendorId: 'support-triage' },
        projectIds: [known.project],
        filter: /Datasets|Prompts|Prompt/.test(name) ? { vendors: [vendor] } : undefined,
        base: /Prompt/.test(name) ? { promptId: of('Prompt') } : { datasetId: of('Dataset') },
        head: /Prompt/.test(name) ? { promptId: known.posthogPrompt } : { datasetId: known.posthogDataset },
      };
      return Object.fromEntries(
        variableDefinitions.map(({ variable }) => [variable.name.value, values[variable.name.value]]),
      );
    }),
  );
}

interface Things {
  readonly nodes: readonly {
    readonly id: string;
    readonly latestVersion: { readonly id: string } | null;
    readonly items?: { readonly nodes: readonly { readonly id: string }[] } | null;
  }[];
}

const fieldsAlone = [
  ['Dataset', '{ latestVersion { isCurrent } }'],
  ['Dataset', '{ currentVersion { lastUsedAt isCurrent } }'],
  [
    'Dataset',
    '{ details { ... on HumanloopDatasetDetails { environments { version { items(first: 1) { nodes { id } } } } } } }',
  ],
  ['Dataset', '{ project { name } }'],
  ['Dataset', '{ version(ref: "1") { ref } }'],
  ['DatasetVersion', '{ ref }'],
  ['DatasetItem', '{ id }'],
  ['PromptVersion', '{ ref }'],
  ['DatasetVersion', '{ dataset { name } }'],
  ['DatasetVersion', '{ isCurrent lastUsedAt }'],
  ['DatasetItem', '{ dataset { name } }'],
  ['Prompt', '{ latestVersion { isLatest } }'],
  ['Prompt', '{ currentVersion { content { __typename } } }'],
  ['Prompt', '{ version(number: 1) { config } }'],
  ['Prompt', '{ latestVersion { ref prompt { latestVersion { content { __typename } } } } }'],
  ['PromptVersion', '{ prompt { name } }'],
  ['PromptVersion', '{ isLatest content { __typename } }'],
] as const;
const alone = fieldsAlone.flatMap((field) =>
  (['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const).map((vendor) => [...field, vendor] as const),
);

describe('the estimate of what an operation costs', () => {
  it('is there for every query of these tests', () => {
    expect(queries.length).toBeGreaterThan(35);
  });

  it.each(queries)(
    'is no less than the calls of %s, and lets it through by default',
    async (name, text, operation) => {
      for (const variables of variablesOf(name, operation)) {
        const answer = await gateway.query(text, variables);
        const told = JSON.stringify([variables, answer.errors, answer.upstream, answer.cost]);
        expect(answer.status, told).toBe(200);
        expect(callsOf(answer), told).toBeLessThanOrEqual(present(answer.cost).estimate);
      }
    },
  );

  it.each(alone)(
    'is no less than the calls of %s %s of many things at %s',
    async (type, selection, vendor) => {
      const on = `filter: { vendors: [${vendor}] }`;
      const lists = `{ datasets(first: 15, ${on}) { nodes { id latestVersion { id } items(first: 1) { nodes { id } } } }
      prompts(first: 15, ${on}) { nodes { id latestVersion { id } } } }`;
      // Where nothing is deployed there is no plain list of items, which is an error of its own.
      const { datasets, prompts } = (
        await gateway.query<Record<'datasets' | 'prompts', Things>, object>(lists)
      ).data;
      const [sets, texts] = [present(datasets).nodes, present(prompts).nodes];
      // Of that type alone: what others may cost more than they do would hide what these do.
      const all = {
        Dataset: sets.map(({ id }) => id),
        DatasetVersion: sets.flatMap(({ latestVersion }) => latestVersion?.id ?? []),
        DatasetItem: sets.flatMap(({ items }) => items?.nodes.map(({ id }) => id) ?? []),
        Prompt: texts.map(({ id }) => id),
        PromptVersion: texts.flatMap(({ latestVersion }) => latestVersion?.id ?? []),
      }[type];
      const byId = 'query ($all: [ID!]!) { nodes(ids: $all) { ... on ';
      const answer = await gateway.query(`${byId}${type} ${selection} } }`, { all });
      expect(callsOf(answer), JSON.stringify(answer.upstream)).toBeLessThanOrEqual(
        present(answer.cost).estimate,
      );
      if (type !== 'Dataset' && type !== 'Prompt') return;
      const list = `{ ${type.toLowerCase()}s(first: 40, ${on}) { nodes ${selection} } }`;
      const listed = await gateway.query(list);
      expect(callsOf(listed), JSON.stringify(listed.upstream)).toBeLessThanOrEqual(
        present(listed.cost).estimate,
      );
    },
  );

  it('is no less than the calls of any selection', async () => {
    let executed = 0;
    await fc.assert(
      fc.asyncProperty(randomQueries(ids, 6), async (text) => {
        const answer = await gateway.query(text);
        const isRefused = answer.errors?.some(({ extensions }) => extensions.code === 'QUERY_TOO_EXPENSIVE');
        if (answer.status !== 200 && isRefused === true) return;
        expect([answer.status, text, answer.errors?.[0]?.message]).toEqual([
          200,
          text,
          answer.errors?.[0]?.message,
        ]);
        executed += 1;
        expect(callsOf(answer), JSON.stringify(answer.upstream)).toBeLessThanOrEqual(
          present(answer.cost).estimate,
        );
      }),
      { seed: 20_260_305, numRuns: 150 },
    );
    expect(executed).toBeGreaterThan(100);
  });
});
