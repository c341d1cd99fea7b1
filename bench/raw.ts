import { createServer, type IncomingMessage } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { type WebSocket, WebSocketServer } from 'ws';
import { environment } from './environment.ts';
import { idOf, lockOf, ofDatadog, ofHumanloop, ofPostHog, partsOf, paths, versionOf } from './unified.ts';
import type {
  DatadogDraft,
  DatadogList,
  HumanloopDataset,
  HumanloopList,
  PostHogList,
} from './vendor-data.ts';

/**
 * What a person would write who needs these answers and nothing else: node:http, undici's `dispatch`, JSON.parse and
 * JSON.stringify. It knows the operations by name and checks nothing: the limit of what this runtime can do.
 */

type Filter = { readonly projectIds?: readonly [string]; readonly search?: string };
type Variables = Readonly<Record<string, unknown>>;

const { origins, connections, port } = environment();
const pools = {
  datadog: new Pool(origins.datadog, { connections, pipelining: 1 }),
  humanloop: new Pool(origins.humanloop, { connections, pipelining: 1 }),
  posthog: new Pool(origins.posthog, { connections, pipelining: 1 }),
};

/** One GET, read whole and parsed. */
function read<T>(vendor: keyof typeof pools, path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: () => undefined,
      onResponseData: (_controller, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => {
        const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
        // It trusts its vendors.
        resolve(JSON.parse(body.toString('utf8')) as T);
      },
      onResponseError: (_controller, error) => reject(error),
    };
    pools[vendor].dispatch(
      { path, method: 'GET', headers: { accept: 'application/json', authorization: 'Bearer raw' } },
      handler,
    );
  });
}

const projectOf = ({ projectIds }: Filter): string => partsOf(projectIds?.[0] ?? '')[2] ?? '';
const page = (nodes: readonly unknown[], hasNextPage: boolean) => ({
  nodes,
  pageInfo: { hasNextPage },
  sourceErrors: [],
});

async function readDatadog(project: string) {
  return read<DatadogList>('datadog', paths.datadogList(project));
}

async function lists(variables: Variables): Promise<unknown> {
  // Its callers are the benchmark alone; as everywhere below.
  const { datadog, humanloop, posthog } = variables as Record<string, Filter>;
  const project = projectOf(datadog ?? {});
  const [dd, hl, ph] = await Promise.all([
    readDatadog(project),
    read<HumanloopList>('humanloop', paths.humanloopList(humanloop?.search ?? '')),
    read<PostHogList>('posthog', paths.posthogList(posthog?.search ?? '')),
  ]);
  return {
    datadog: page(
      dd.data.map((row) => ofDatadog(project, row)),
      dd.meta.after !== null,
    ),
    humanloop: page(hl.records.map(ofHumanloop), hl.total > hl.records.length),
    posthog: page(ph.results.map(ofPostHog), ph.count > ph.results.length),
  };
}

const readLock = async (project: string, id: string) =>
  lockOf(await read<DatadogDraft>('datadog', paths.datadogDraft(project, id)));

async function readVersions(id: string) {
  const { records } = await read<HumanloopList>('humanloop', paths.humanloopVersions(id));
  return { nodes: records.map(versionOf) };
}

async function nested(variables: Variables): Promise<unknown> {
  const { datadog, humanloop } = variables as Record<string, Filter>;
  const project = projectOf(datadog ?? {});
  const [dd, hl] = await Promise.all([
    readDatadog(project).then(({ data }) =>
      Promise.all(
        data.map(async ({ id, attributes: { name } }) => ({
          id: idOf('datadog', 'ds', project, id),
          name,
          draftLock: await readLock(project, id),
        })),
      ),
    ),
    read<HumanloopList>('humanloop', paths.humanloopList(humanloop?.search ?? '')).then(({ records }) =>
      Promise.all(
        records.map(async ({ id, name }) => ({
          id: idOf('humanloop', 'ds', id),
          name,
          versions: await readVersions(id),
        })),
      ),
    ),
  ]);
  return { datadog: { nodes: dd }, humanloop: { nodes: hl } };
}

async function repeated(variables: Variables): Promise<unknown> {
  const [, , id = ''] = partsOf(String(variables['id']));
  const { results } = await read<PostHogList>('posthog', paths.posthogByIds([id]));
  const data: Record<string, unknown> = {};
  for (let index = 0; index < 50; index += 1) {
    const row = results[0];
    if (row === undefined) break;
    const { first_name, last_name } = row.created_by;
    data[`d${index}`] = {
      id: idOf('posthog', 'ds', row.id),
      name: row.name,
      description: row.description,
      createdAt: row.created_at,
      createdBy: { name: `${first_name} ${last_name}` },
    };
  }
  return data;
}

async function readMany(
  project: string,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, DatadogList['data'][number]>> {
  const found = new Map<string, DatadogList['data'][number]>();
  let cursor: string | undefined;
  do {
    const { data, meta }: DatadogList = await read('datadog', paths.datadogList(project, 100, cursor));
    for (const row of data) if (ids.has(row.id)) found.set(row.id, row);
    cursor = found.size === ids.size ? undefined : (meta.after ?? undefined);
  } while (cursor !== undefined);
  return found;
}

async function nodes(variables: Variables): Promise<unknown> {
  const { datadog = [], humanloop = [] } = variables as Record<string, readonly string[]>;
  const [, , project = ''] = partsOf(datadog[0] ?? '');
  const [dd, hl] = await Promise.all([
    readMany(project, new Set(datadog.map((id) => partsOf(id)[3] ?? ''))).then((found) =>
      Promise.all(
        datadog.map(async (id) => {
          const [, , , vendorId = ''] = partsOf(id);
          return {
            id,
            name: found.get(vendorId)?.attributes.name,
            draftLock: await readLock(project, vendorId),
          };
        }),
      ),
    ),
    Promise.all(
      humanloop.map(async (id) => {
        const [, , vendorId = ''] = partsOf(id);
        const { name } = await read<HumanloopDataset>('humanloop', paths.humanloopOne(vendorId));
        return { id, name, versions: await readVersions(vendorId) };
      }),
    ),
  ]);
  return { datadog: dd, humanloop: hl };
}

const operations: Readonly<Record<string, (variables: Variables) => Promise<unknown>>> = {
  Lists: lists,
  Nested: nested,
  Repeated: repeated,
  Nodes: nodes,
};

async function answer(body: string): Promise<unknown> {
  const { query, variables } = JSON.parse(body) as { query: string; variables?: Variables };
  const name = query.slice(6, query.indexOf('('));
  return (await operations[name]?.(variables ?? {})) ?? { __typename: 'Query' };
}

function readBody(request: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
}

const server = createServer((request, response) => {
  readBody(request, (body) => {
    answer(body).then(
      (data) => {
        const text = JSON.stringify({ data });
        response.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(text),
        });
        response.end(text);
      },
      () => response.writeHead(500).end(),
    );
  });
});

/** Subscribers by socket: the id that each chose. They all follow the same datasets. */
const subscribers = new Map<WebSocket, string>();
const known = new Map<string, number>();
let followed = '';

async function look(): Promise<void> {
  const { data } = await read<DatadogList>('datadog', paths.datadogList(followed, 100));
  for (const { id, attributes } of data) {
    const before = known.get(id);
    known.set(id, attributes.current_version);
    if (before === undefined || before === attributes.current_version) continue;
    const event = {
      datasetId: idOf('datadog', 'ds', followed, id),
      action: 'CREATED',
      versionRef: String(attributes.current_version),
      cursor: idOf('raw', id, String(attributes.current_version)),
    };
    const payload = JSON.stringify({ data: { datasetVersionChanged: event } });
    for (const [socket, subscriber] of subscribers) {
      socket.send(`{"id":${JSON.stringify(subscriber)},"type":"next","payload":${payload}}`);
    }
  }
}

function follow(project: string): void {
  if (followed !== '') return;
  followed = project;
  const again = (): void => void setTimeout(() => void look().then(again, again), 10);
  again();
}

new WebSocketServer({ server, perMessageDeflate: false, handleProtocols: () => 'graphql-transport-ws' }).on(
  'connection',
  (socket) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as {
        type: string;
        id: string;
        payload: { variables: { ids: readonly string[] } };
      };
      if (message.type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (message.type !== 'subscribe') return;
      subscribers.set(socket, message.id);
      follow(partsOf(message.payload.variables.ids[0] ?? '')[2] ?? '');
    });
    socket.on('close', () => subscribers.delete(socket));
  },
);

server.listen(port, '127.0.0.1');
