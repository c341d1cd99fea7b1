import { createServer } from 'node:http';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { environment } from '../environment.ts';
import {
  follow,
  isEvent,
  isNode,
  listDatasets,
  readDataset,
  readLock,
  readVersions,
  typeDefs,
} from './schema.mjs';

/** GraphQL Yoga as its guide shows it: `fetch` in resolvers, and no loaders. */
const { origins, port } = environment();
const headers = { accept: 'application/json', authorization: 'Bearer peer' };
const read = async (vendor, path) => (await fetch(origins[vendor] + path, { headers })).json();

const pubSub = createPubSub();
const start = follow(read, (event) => pubSub.publish('changed', event));
const schema = createSchema({
  typeDefs,
  resolvers: {
    Query: {
      datasets: (_root, args) => listDatasets(read, args),
      dataset: (_root, { id }) => readDataset(read, id),
      nodes: (_root, { ids }) => ids.map((id) => readDataset(read, id)),
    },
    Dataset: {
      draftLock: (dataset) => readLock(read, dataset),
      versions: (dataset) => readVersions(read, dataset),
    },
    Node: isNode,
    DatasetVersionEvent: isEvent,
    Subscription: {
      datasetVersionChanged: {
        subscribe: (_root, { datasetIds }) => {
          start(datasetIds);
          return pubSub.subscribe('changed');
        },
        resolve: (event) => event,
      },
    },
  },
});
const yoga = createYoga({ schema, logging: false, graphiql: false });
const server = createServer(yoga);
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
server.listen(port, '127.0.0.1');
