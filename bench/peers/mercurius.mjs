import Fastify from 'fastify';
import mercurius from 'mercurius';
import { Pool } from 'undici';
import { environment } from '../environment.ts';
import { follow, isEvent, listDatasets, readDataset, readLock, readVersions, typeDefs } from './schema.mjs';

/** Mercurius with its compiled execution, its loaders, and undici. */
const { origins, connections, port } = environment();
const pools = Object.fromEntries(
  Object.entries(origins).map(([vendor, origin]) => [vendor, new Pool(origin, { connections })]),
);
const headers = { accept: 'application/json', authorization: 'Bearer peer' };
const read = async (vendor, path) =>
  (await pools[vendor].request({ path, method: 'GET', headers })).body.json();

const app = Fastify();
const start = follow(read, (datasetVersionChanged) => {
  app.graphql.pubsub.publish({ topic: 'changed', payload: { datasetVersionChanged } });
});
app.register(mercurius, {
  schema: typeDefs,
  jit: 1,
  subscription: true,
  resolvers: {
    Query: {
      datasets: (_root, args) => listDatasets(read, args),
      nodes: (_root, { ids }) => ids.map((id) => readDataset(read, id)),
    },
    Node: { resolveType: () => 'Dataset' },
    DatasetVersionEvent: { resolveType: isEvent.__resolveType },
    Subscription: {
      datasetVersionChanged: {
        subscribe: (_root, { datasetIds }, { pubsub }) => {
          start(datasetIds);
          return pubsub.subscribe('changed');
        },
      },
    },
  },
  loaders: {
    Query: { dataset: (queries) => Promise.all(queries.map(({ params }) => readDataset(read, params.id))) },
    Dataset: {
      draftLock: (queries) => Promise.all(queries.map(({ obj }) => readLock(read, obj))),
      versions: (queries) => Promise.all(queries.map(({ obj }) => readVersions(read, obj))),
    },
  },
});
await app.listen({ port, host: '127.0.0.1' });
