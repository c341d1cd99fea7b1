import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { DatasetFile, DatasetVersion } from '../../sandbox/humanloop/index.ts';
import { keyOf, type ResourceKey } from '../../src/domain/identity.ts';
import { Operation, VendorHttp } from '../../src/http/operation.ts';
import { Upstream } from '../../src/http/upstream.ts';
import { createHumanloopDefinition } from '../../src/sources/humanloop/index.ts';
import type { DatasetWriter, ItemEdit, PromptWriter, Source } from '../../src/sources/source.ts';
import { acmeKey, datasetKey, type Harness, key, scopeKey } from './humanloop-harness.ts';

export interface Writers {
  readonly datasets: Required<Omit<DatasetWriter, 'lock' | 'unlock'>>;
  readonly prompts: PromptWriter;
}

function writersOf(source: Source): Writers {
  const datasets = source.datasets?.writer;
  const prompts = source.prompts?.writer;
  if (datasets === undefined || prompts === undefined) throw new Error('Humanloop can be written to');
  // The table of capabilities says that it has all of them; lock and unlock it has not, which a test checks.
  return { datasets: datasets as Writers['datasets'], prompts };
}

/** Writers of a new operation. */
export function writersFor(harness: Harness): Writers {
  return writersOf(harness.connect());
}

export function itemKey(datasetId: string, ...rest: readonly string[]): ResourceKey<'DATASET_ITEM'> {
  return keyOf(key, 'DATASET_ITEM', datasetId, ...rest);
}

export function environmentKey(id: string): ResourceKey<'ENVIRONMENT'> {
  return keyOf(key, 'ENVIRONMENT', id);
}

export function edit(change: Partial<ItemEdit>): ItemEdit {
  return { add: [], update: [], remove: [], ...change };
}

export function first<T>(items: Iterable<T>): T {
  const [item] = items;
  if (item === undefined) throw new Error('there is one');
  return item;
}

export function newestOf(file: DatasetFile): DatasetVersion {
  return first(file.versions.toReversed());
}

/** A dataset with several versions, the oldest of them on the default environment. */
export function plantDataset({ sandbox }: Harness, name = 'Planted'): DatasetFile {
  const path = `Writes/${name}`;
  const golden = first(sandbox.state.acme.datasets.values());
  const file: DatasetFile = {
    ...golden,
    ...{ id: `ds_${name.toLowerCase()}`, path, versions: [], deployments: new Map(), description: null },
  };
  sandbox.state.acme.datasets.set(file.id, file);
  const datapoints = ['one', 'two', 'three'].map((q) => ({ inputs: { q }, target: { a: q.length } }));
  sandbox.state.createDatasetVersion(file.id, { action: 'set', datapoints, attributes: { team: 'writes' } });
  sandbox.state.createDatasetVersion(file.id, {
    datapoints: [{ inputs: { q: 'four' } }],
    version_name: 'v2',
  });
  return file;
}

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly contentType: string | undefined;
}

/** The part of undici's request that is looked at (its diagnostics channel documents it). */
interface CreatedRequest {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: readonly string[];
}

/** Everything but reads that goes to the sandbox, with bodies as they are sent. */
export function watchWrites({ sandbox }: Harness): readonly SentRequest[] {
  const sent: SentRequest[] = [];
  const note = (message: unknown): void => {
    // The channel's own contract.
    const { request } = message as { request: CreatedRequest };
    if (request.origin !== sandbox.server.origin || request.method === 'GET') return;
    const at = request.headers.findIndex((header) => header.toLowerCase() === 'content-type');
    const contentType = at < 0 ? undefined : request.headers[at + 1];
    const isJson = contentType === 'application/json';
    const text = request.body instanceof Uint8Array ? Buffer.from(request.body).toString() : request.body;
    const body: unknown = isJson && typeof text === 'string' ? JSON.parse(text) : (text ?? undefined);
    sent.push({ method: request.method, path: request.path.replace('/v5', ''), body, contentType });
  };
  subscribe('undici:request:create', note);
  onTestFinished(() => {
    unsubscribe('undici:request:create', note);
  });
  return sent;
}

export interface Door {
  readonly writers: Writers;
  /** Connections that there are stay; whoever wants a new one is refused. */
  shut(): Promise<void>;
}

/** Writers that reach the sandbox through a door, which can be shut for what is new: writes connect anew. */
export async function startDoor({ sandbox }: Harness): Promise<Door> {
  const sandboxPort = Number(new URL(sandbox.server.origin).port);
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(sandboxPort, '127.0.0.1');
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A TCP server's address is an AddressInfo once it listens (Node's documentation).
  const { port } = server.address() as AddressInfo;
  const upstream = new Upstream({ callTimeout: 5_000, connections: 16, maxResponseBytes: 32 * 1024 * 1024 });
  onTestFinished(async () => {
    await upstream.dispose();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const definition = createHumanloopDefinition({
    ...{ apiKey: acmeKey, baseUrl: `http://127.0.0.1:${port}/v5`, sandbox: true, scopeKey },
  });
  const account = definition.accountFor(() => undefined);
  if (account === undefined) throw new Error('there is an account');
  const connectAgain = (): Source => {
    const operation = new Operation({
      upstream,
      signal: new AbortController().signal,
      maxCalls: 200,
      maxWrites: 20_000,
    });
    return definition.connect(new VendorHttp(operation, account, definition.protocol));
  };
  return {
    writers: writersOf(connectAgain()),
    shut: async () => {
      // Reads that follow find a connection that is open and idle.
      const warm = connectAgain();
      const ids = [...sandbox.state.acme.datasets.keys()].slice(0, 8);
      await Promise.all(ids.map((id) => warm.datasets?.latestVersion(datasetKey(id))));
      server.close();
    },
  };
}

export async function errorOf(task: Promise<unknown>): Promise<Error> {
  const error: unknown = await task.then(
    (value) => new Error(`it did not fail: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof Error) return error;
  throw new Error('what was thrown is no error');
}
