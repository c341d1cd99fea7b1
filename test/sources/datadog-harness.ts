import { onTestFinished } from 'vitest';
import {
  type DatadogSandbox,
  type DatadogSwitches,
  datadogCredentials,
  type Dataset as SandboxDataset,
  startDatadogSandbox,
} from '../../sandbox/datadog/index.ts';
import type { LockstepError } from '../../src/domain/errors.ts';
import { keyOf, type ResourceKey } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { Operation, VendorHttp } from '../../src/http/operation.ts';
import { Upstream } from '../../src/http/upstream.ts';
import { createDatadogDefinition } from '../../src/sources/datadog/index.ts';
import type { CallerHeaders, VendorDefinition } from '../../src/sources/definition.ts';
import type { ListStream, Source, StreamPage } from '../../src/sources/source.ts';

export const source = sourceKey('datadog');
export const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;
export const unknownId = '00000000-0000-4000-8000-000000000000';
export const scopeKey = Buffer.alloc(32, 7);

/** Everything that Datadog has, present. */
type ConnectedSource = { readonly [Member in keyof Source]: NonNullable<Source[Member]> } & {
  readonly http: VendorHttp;
};

export interface Harness {
  readonly sandbox: DatadogSandbox;
  readonly definition: VendorDefinition;
  /** A source of a new operation. */
  connect(header?: CallerHeaders, maxCalls?: number): ConnectedSource;
  /** Paths and queries of the requests since this was last asked, decoded and without the common prefix. */
  asked(): readonly string[];
  /** Has Datadog answer exactly this path with its own body, changed. */
  spoil(path: string, change: (body: string) => string): Promise<void>;
  keyOf(dataset: SandboxDataset): ResourceKey<'DATASET'>;
}

export function headersOf(headers: Readonly<Record<string, string>>): CallerHeaders {
  return (name) => headers[name];
}

const { ada } = datadogCredentials.acme;

/** A sandbox with a definition that calls it; both end with the test. */
export async function startHarness(switches: Partial<DatadogSwitches> = {}): Promise<Harness> {
  const sandbox = await startDatadogSandbox({ switches });
  const upstream = new Upstream({ callTimeout: 5_000, connections: 16, maxResponseBytes: 32 * 1024 * 1024 });
  onTestFinished(async () => {
    await upstream.dispose();
    await sandbox.dispose();
  });
  const definition = createDatadogDefinition({
    site: undefined,
    baseUrl: sandbox.baseUrl,
    apiKey: ada.apiKey,
    appKey: ada.applicationKey,
    sandbox: true,
    scopeKey,
  });
  const { requests, faults } = sandbox.server;

  return {
    sandbox,
    definition,
    connect: (header = () => undefined, maxCalls = 200) => {
      const account = definition.accountFor(header);
      if (account === undefined) throw new Error('there is an account');
      const { signal } = new AbortController();
      const operation = new Operation({ upstream, signal, maxCalls, maxWrites: maxCalls });
      const http = new VendorHttp(operation, account, definition.protocol);
      const connected = definition.connect(http);
      const { datasets, prompts, projects, modelLab } = connected;
      if (!datasets || !prompts || !projects || !modelLab) throw new Error('Datadog has all of these');
      // Datadog has no reviews; no test asks for them.
      return { ...connected, http, datasets, prompts, projects, modelLab } as ConnectedSource;
    },
    asked: () => {
      const all = requests.all.map(({ url }) =>
        decodeURIComponent(url).replace('/api/v2/llm-obs/v1', '').replace('/api/v2/model-lab-api', '/lab'),
      );
      requests.clear();
      return all;
    },
    spoil: async (path, change) => {
      const answer = await fetch(sandbox.baseUrl + path, {
        headers: { 'dd-api-key': ada.apiKey, 'dd-application-key': ada.applicationKey },
      });
      const exact = path.replaceAll(/[?.[\]]/g, '\\$&');
      const body = change(await answer.text());
      faults.add({ path: `^${exact}$`, effect: { type: 'replace-body', status: 200, body } });
      requests.clear();
    },
    keyOf: ({ projectId, id }) => keyOf(source, 'DATASET', projectId, id),
  };
}

/** Reads a stream to its end, each page from the place after the last item of the one before. */
export async function readAll<T>(
  stream: ListStream<T>,
  limit: number,
  between: (page: StreamPage<T>) => void = () => undefined,
): Promise<{ readonly items: readonly T[]; readonly pages: readonly StreamPage<T>[] }> {
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

/** A value of a batch that must be there and no error. */
export function foundIn<T extends object>(result: ReadonlyMap<string, T | LockstepError>, id: string): T {
  const value = result.get(id);
  if (value === undefined || value instanceof Error) throw value ?? new Error('it is not there');
  return value;
}

export function only<T>(list: readonly T[]): T {
  const [one, ...more] = list;
  if (one === undefined || more.length > 0) throw new Error(`one is expected, not ${list.length}`);
  return one;
}

export function at<T>(list: readonly T[], index: number): T {
  const value = list.at(index);
  if (value === undefined) throw new Error(`nothing at ${index}`);
  return value;
}
