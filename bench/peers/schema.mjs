import { idOf, lockOf, ofDatadog, ofHumanloop, ofPostHog, partsOf, paths, versionOf } from '../unified.ts';

/** The part of the gateway's schema that the benchmark asks for, as the peers have it. */
export const typeDefs = /* GraphQL */ `
  scalar JSON
  input DatasetFilter { vendors: [String!] search: String projectIds: [ID!] }
  interface Node { id: ID! }
  type Actor { name: String email: String }
  type DraftLock { holder: Actor! since: String kind: String! }
  type DatasetVersion { ref: String! name: String createdAt: String }
  type DatasetVersionConnection { nodes: [DatasetVersion!]! }
  type Dataset implements Node {
    id: ID! vendor: String! vendorId: String! name: String! description: String createdAt: String updatedAt: String
    createdBy: Actor itemCount: Int metadata: JSON
    draftLock: DraftLock
    versions(first: Int): DatasetVersionConnection
  }
  type PageInfo { hasNextPage: Boolean! }
  type SourceFailure { vendor: String! message: String! }
  type DatasetConnection { nodes: [Dataset!]! pageInfo: PageInfo! sourceErrors: [SourceFailure!]! }
  type Query {
    datasets(first: Int, filter: DatasetFilter): DatasetConnection!
    dataset(id: ID!): Dataset
    nodes(ids: [ID!]!): [Node]!
  }
  type DatasetVersionChange { datasetId: ID! action: String! versionRef: String cursor: String! }
  union DatasetVersionEvent = DatasetVersionChange
  type Subscription { datasetVersionChanged(datasetIds: [ID!]!): DatasetVersionEvent! }
`;

const page = (nodes, hasNextPage) => ({ nodes, pageInfo: { hasNextPage }, sourceErrors: [] });

/** One list of one vendor, by the filter. `read` is the way out that the peer is measured with. */
export async function listDatasets(read, { filter }) {
  if (filter?.projectIds !== undefined) {
    const [, , project] = partsOf(filter.projectIds[0]);
    const { data, meta } = await read('datadog', paths.datadogList(project));
    return page(
      data.map((row) => ofDatadog(project, row)),
      meta.after !== null,
    );
  }
  if (filter?.vendors?.[0] === 'HUMANLOOP') {
    const { records, total } = await read('humanloop', paths.humanloopList(filter.search));
    return page(records.map(ofHumanloop), total > records.length);
  }
  const { results, count } = await read('posthog', paths.posthogList(filter?.search ?? ''));
  return page(results.map(ofPostHog), count > results.length);
}

export async function readDataset(read, id) {
  const [source, , first, second] = partsOf(id);
  if (source === 'datadog') {
    const { data } = await read('datadog', paths.datadogOne(first, second));
    return data[0] === undefined ? null : ofDatadog(first, data[0]);
  }
  if (source === 'humanloop') return ofHumanloop(await read('humanloop', paths.humanloopOne(first)));
  const { results } = await read('posthog', paths.posthogByIds([first]));
  return results[0] === undefined ? null : ofPostHog(results[0]);
}

export async function readLock(read, { id, vendorId }) {
  const [, , project] = partsOf(id);
  return lockOf(await read('datadog', paths.datadogDraft(project, vendorId)));
}

export async function readVersions(read, { vendorId }) {
  const { records } = await read('humanloop', paths.humanloopVersions(vendorId));
  return { nodes: records.map(versionOf) };
}

/** Looks at a project's datasets every 10 ms, as the gateway is set to, and tells what has changed. */
export function follow(read, publish) {
  const known = new Map();
  let followed;
  async function look() {
    const { data } = await read('datadog', paths.datadogList(followed, 100));
    for (const { id, attributes } of data) {
      const before = known.get(id);
      known.set(id, attributes.current_version);
      if (before === undefined || before === attributes.current_version) continue;
      publish({
        __typename: 'DatasetVersionChange',
        datasetId: idOf('datadog', 'ds', followed, id),
        action: 'CREATED',
        versionRef: String(attributes.current_version),
        cursor: idOf('peer', id, String(attributes.current_version)),
      });
    }
  }
  return (datasetIds) => {
    if (followed !== undefined) return;
    [, , followed] = partsOf(datasetIds[0]);
    const again = () => setTimeout(() => look().then(again, again), 10);
    again();
  };
}

export const isNode = { __resolveType: () => 'Dataset' };
export const isEvent = { __resolveType: () => 'DatasetVersionChange' };
