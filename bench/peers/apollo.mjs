import { createServer } from 'node:http';
import { RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema } from 'graphql-yoga';
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

/** Apollo Server with a data source for each vendor, which asks for nothing twice in one operation. */
const { origins, port } = environment();
class VendorSource extends RESTDataSource {
  constructor(origin) {
    super();
    this.baseURL = origin;
  }
  read(path) {
    return this.get(path, { headers: { authorization: 'Bearer peer' } });
  }
}
function createContext() {
  const sources = {};
  return {
    read: (vendor, path) => {
      sources[vendor] ??= new VendorSource(origins[vendor]);
      return sources[vendor].read(path);
    },
  };
}

const pubSub = createPubSub();
const start = follow(
  (vendor, path) => createContext().read(vendor, path),
  (event) => pubSub.publish('changed', event),
);
const schema = createSchema({
  typeDefs,
  resolvers: {
    Query: {
      datasets: (_root, args, { read }) => listDatasets(read, args),
      dataset: (_root, { id }, { read }) => readDataset(read, id),
      nodes: (_root, { ids }, { read }) => ids.map((id) => readDataset(read, id)),
    },
    Dataset: {
      draftLock: (dataset, _args, { read }) => readLock(read, dataset),
      versions: (dataset, _args, { read }) => readVersions(read, dataset),
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
const apollo = new ApolloServer({ schema, csrfPrevention: false });
await apollo.start();

async function answer(request, body) {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
  return apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method, headers, search: '', body: JSON.parse(body) },
    context: async () => createContext(),
  });
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const { status, headers, body } = await answer(request, Buffer.concat(chunks).toString());
    for (const [name, value] of headers) response.setHeader(name, value);
    response.writeHead(status ?? 200).end(body.kind === 'complete' ? body.string : '');
  });
});
useServer({ schema, context: createContext }, new WebSocketServer({ server, path: '/graphql' }));
server.listen(port, '127.0.0.1');
