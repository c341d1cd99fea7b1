import { idOf } from './unified.ts';
import { datadogId, humanloopId, large, manyRows, posthogId, projectId, searchOf } from './vendor-data.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** One thing that every contender is asked for. */
export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly query: string;
  /** Of one of the clients side by side. */
  readonly variables: (client: number) => Variables;
  readonly clients: number;
  /** Of the vendors. Milliseconds. */
  readonly latency: number;
}

const listQuery = `query Lists($datadog: DatasetFilter, $humanloop: DatasetFilter, $posthog: DatasetFilter) {
  datadog: datasets(first: 25, filter: $datadog) { ...Page }
  humanloop: datasets(first: 25, filter: $humanloop) { ...Page }
  posthog: datasets(first: 25, filter: $posthog) { ...Page }
}
fragment Page on DatasetConnection {
  nodes { id vendor vendorId name description createdAt updatedAt createdBy { name email } itemCount metadata }
  pageInfo { hasNextPage }
  sourceErrors { vendor message }
}`;

const nestedQuery = `query Nested($datadog: DatasetFilter, $humanloop: DatasetFilter) {
  datadog: datasets(first: 25, filter: $datadog) {
    nodes { id name draftLock { holder { name email } since kind } }
  }
  humanloop: datasets(first: 25, filter: $humanloop) {
    nodes { id name versions(first: 5) { nodes { ref name createdAt } } }
  }
}`;

const repeated = Array.from(
  { length: 50 },
  (_, index) => `d${index}: dataset(id: $id) { id name description createdAt createdBy { name } }`,
);
const repeatedQuery = `query Repeated($id: ID!) { ${repeated.join(' ')} }`;

const nodesQuery = `query Nodes($datadog: [ID!]!, $humanloop: [ID!]!) {
  datadog: nodes(ids: $datadog) { ... on Dataset { id name draftLock { holder { name email } since kind } } }
  humanloop: nodes(ids: $humanloop) { ... on Dataset { id name versions(first: 5) { nodes { ref name createdAt } } } }
}`;

/** The document of a subscription, and what it is about. */
export const subscription = `subscription Changes($ids: [ID!]!) {
  datasetVersionChanged(datasetIds: $ids) {
    ... on DatasetVersionChange { datasetId action versionRef cursor }
  }
}`;

function listsOf(tenant: number): Variables {
  return {
    datadog: { projectIds: [idOf('datadog', 'pj', projectId(tenant))] },
    humanloop: { vendors: ['HUMANLOOP'], search: searchOf(tenant) },
    posthog: { vendors: ['POSTHOG'], search: searchOf(tenant) },
  };
}

function nestedOf(tenant: number): Variables {
  const { datadog, humanloop } = listsOf(tenant);
  return { datadog, humanloop };
}

function repeatedOf(tenant: number): Variables {
  return { id: idOf('posthog', 'ds', posthogId(tenant, 3)) };
}

export function datadogIds(tenant: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, row) =>
    idOf('datadog', 'ds', projectId(tenant), datadogId(tenant, row)),
  );
}

/** So many items by id, half of them Datadog's. */
export function nodesWorkload(items: number): Workload {
  const half = Math.min(manyRows, Math.ceil(items / 2));
  const humanloop = Array.from({ length: items - half }, (_, row) =>
    idOf('humanloop', 'ds', humanloopId(large, row)),
  );
  return {
    id: `W8-${items}`,
    title: `${items} items by id with locks and versions`,
    query: nodesQuery,
    variables: () => ({ datadog: datadogIds(large, half), humanloop }),
    clients: 1,
    latency: 0,
  };
}

const alone = (tenant: number): number => tenant;
/** Everybody asks for the same. */
const together = (): number => 0;

export const workloads: readonly Workload[] = [
  {
    id: 'W1',
    title: '25 datasets of each of three vendors',
    query: listQuery,
    variables: (client) => listsOf(alone(client)),
    clients: 16,
    latency: 0,
  },
  {
    id: 'W1s',
    title: 'W1, and all clients ask for the same',
    query: listQuery,
    variables: () => listsOf(together()),
    clients: 16,
    latency: 0,
  },
  {
    id: 'W2',
    title: '25 datasets with lock holders, 25 with versions',
    query: nestedQuery,
    variables: (client) => nestedOf(alone(client)),
    clients: 16,
    latency: 0,
  },
  {
    id: 'W2s',
    title: 'W2, and all clients ask for the same',
    query: nestedQuery,
    variables: () => nestedOf(together()),
    clients: 16,
    latency: 0,
  },
  {
    id: 'W3',
    title: 'one dataset asked for 50 times',
    query: repeatedQuery,
    variables: (client) => repeatedOf(alone(client)),
    clients: 16,
    latency: 0,
  },
  {
    id: 'W3s',
    title: 'W3, and all clients ask for the same',
    query: repeatedQuery,
    variables: () => repeatedOf(together()),
    clients: 16,
    latency: 0,
  },
  {
    id: 'W4',
    title: '`{ __typename }`',
    query: '{ __typename }',
    variables: () => ({}),
    clients: 16,
    latency: 0,
  },
  {
    id: 'W6',
    title: 'W1 with vendors that take 20 ms, 64 clients',
    query: listQuery,
    variables: (client) => listsOf(alone(client)),
    clients: 64,
    latency: 20,
  },
  {
    id: 'W6s',
    title: 'W6, and all clients ask for the same',
    query: listQuery,
    variables: () => listsOf(together()),
    clients: 64,
    latency: 20,
  },
];
