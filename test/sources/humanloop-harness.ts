import { onTestFinished } from 'vitest';
import {
  type DatasetFile,
  type HumanloopSandbox,
  type HumanloopSwitches,
  humanloopCredentials,
  startHumanloopSandbox,
} from '../../sandbox/humanloop/index.ts';
import type { LockstepError } from '../../src/domain/errors.ts';
import { keyOf, type ResourceKey } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { Operation, VendorHttp } from '../../src/http/operation.ts';
import { Upstream } from '../../src/http/upstream.ts';
import type { CallerHeaders, VendorDefinition } from '../../src/sources/definition.ts';
import { createHumanloopDefinition } from '../../src/sources/humanloop/index.ts';
import type {
  DatasetSource,
  ListStream,
  PromptSource,
  Source,
  StreamPage,
} from '../../src/sources/source.ts';

export const key = sourceKey('humanloop');
export const acmeKey = humanloopCredentials.acme.priya.apiKey;
export const globexKey = humanloopCredentials.globex.lena.apiKey;
export const scopeKey = Buffer.alloc(32, 7);

export function datasetKey(id: string): ResourceKey<'DATASET'> {
  return keyOf(key, 'DATASET', id);
}
export function promptKey(id: string): ResourceKey<'PROMPT'> {
  return keyOf(key, 'PROMPT', id);
}

/** A body as the vendor sent it: a page or a list has records, a single thing its own members. */
export interface VendorBody {
  readonly records: (Record<string, unknown> | null)[];
  readonly [member: string]: unknown;
}

export interface Harness {
  readonly sandbox: HumanloopSandbox;
  readonly definition: VendorDefinition;
  /** A source of a new operation: nothing that an earlier one read is remembered. */
  connect(header?: CallerHeaders): ConnectedSource;
  /** Method, path and query of what the vendor was asked since the last look, without the base path. */
  asked(): readonly string[];
  /** Reads what the vendor answers to a path now, and has it answer a changed body from now on. */
  spoil(path: string, change: (body: VendorBody) => unknown): Promise<void>;
}

export interface ConnectedSource extends Source {
  readonly datasets: DatasetSource;
  readonly prompts: PromptSource;
}

function connected(source: Source): ConnectedSource {
  const { datasets, prompts } = source;
  if (datasets === undefined || prompts === undefined) throw new Error('Humanloop has datasets and prompts');
  return { ...source, datasets, prompts };
}

/** A sandbox with a definition that calls it; both end with the test. */
export async function startHarness(switches: Partial<HumanloopSwitches> = {}): Promise<Harness> {
  const sandbox = await startHumanloopSandbox({ switches });
  const upstream = new Upstream({ callTimeout: 5_000, connections: 16, maxResponseBytes: 32 * 1024 * 1024 });
  onTestFinished(async () => {
    await upstream.dispose();
    await sandbox.dispose();
  });
  const definition = createHumanloopDefinition({
    apiKey: acmeKey,
    baseUrl: sandbox.baseUrl,
    sandbox: true,
    scopeKey,
  });
  const { requests, faults } = sandbox.server;

  return {
    sandbox,
    definition,
    connect: (header = () => undefined) => {
      const account = definition.accountFor(header);
      if (account === undefined) throw new Error('there is an account');
      const { signal } = new AbortController();
      const operation = new Operation({ upstream, signal, maxCalls: 200, maxWrites: 20_000 });
      return connected(definition.connect(new VendorHttp(operation, account, definition.protocol)));
    },
    asked: () => {
      const all = requests.all.map(({ method, url }) => `${method} ${url.replace('/v5', '')}`);
      requests.clear();
      return all;
    },
    spoil: async (path, change) => {
      const answer = await fetch(sandbox.baseUrl + path, { headers: { 'x-api-key': acmeKey } });
      // What it really has, the test that spoils it knows.
      const body = JSON.stringify(change((await answer.json()) as VendorBody));
      const exact = `^/v5${path.replaceAll(/[?.]/g, '\\$&')}$`;
      faults.add({ path: exact, effect: { type: 'replace-body', status: 200, body } });
      requests.clear();
    },
  };
}

/** The seeded dataset that has 64 versions. */
export function goldenOf({ sandbox }: Harness): DatasetFile {
  const all = [...sandbox.state.acme.datasets.values()];
  const file = all.find(({ path }) => path.endsWith('Refund policy golden set'));
  if (file === undefined) throw new Error('the seed has the golden set');
  return file;
}

export interface Reading<T> {
  readonly items: readonly T[];
  readonly pages: readonly StreamPage<T>[];
}

/** Reads a stream to its end, each page from the place after the last item of the one before. */
export async function readAll<T>(
  stream: ListStream<T>,
  limit: number,
  between: (page: StreamPage<T>) => void = () => undefined,
): Promise<Reading<T>> {
  const items: T[] = [];
  const pages: StreamPage<T>[] = [];
  let from: string | undefined;
  for (let turn = 0; turn < 500; turn += 1) {
    const page = await stream.fetch(from, limit);
    items.push(...page.items);
    pages.push(page);
    if (page.done) return { items, pages };
    from = page.items.length === 0 ? page.next : page.positionAfter(page.items.length - 1);
    between(page);
  }
  throw new Error('the stream does not end');
}

export async function firstStream<T>(streams: Promise<readonly ListStream<T>[]>): Promise<ListStream<T>> {
  const [stream, ...more] = await streams;
  if (stream === undefined || more.length > 0) throw new Error('one stream is expected');
  return stream;
}

/** A value of a batch that must be there and no error. */
export function foundIn<T extends object>(result: ReadonlyMap<string, T | LockstepError>, id: string): T {
  const value = result.get(id);
  if (value === undefined || value instanceof Error) throw value ?? new Error('it is not there');
  return value;
}
