import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type PostHogSandbox, posthogCredentials, startPostHogSandbox } from '../../sandbox/posthog/index.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { Operation, VendorHttp } from '../../src/http/operation.ts';
import { Upstream } from '../../src/http/upstream.ts';
import type { VendorDefinition } from '../../src/sources/definition.ts';
import { createPostHogDefinition, type PostHogOptions } from '../../src/sources/posthog/index.ts';
import type {
  DatasetSource,
  ListStream,
  PromptSource,
  ReviewSource,
  Source,
  StreamPage,
} from '../../src/sources/source.ts';

export const acme = posthogCredentials.acme;
export const projectId = acme.projectId;
export const posthog = sourceKey('posthog');
const scopeKey = Buffer.alloc(32, 7);

export const key = {
  dataset: (id: string) => keyOf(posthog, 'DATASET', id),
  item: (id: string) => keyOf(posthog, 'DATASET_ITEM', id),
  prompt: (name: string) => keyOf(posthog, 'PROMPT', name),
  version: (name: string, id: string) => keyOf(posthog, 'PROMPT_VERSION', name, id),
  review: (id: string) => keyOf(posthog, 'TRACE_REVIEW', id),
  definition: (id: string) => keyOf(posthog, 'SCORE_DEFINITION', id),
};

/** A source of which every noun that PostHog has is there. */
export interface Connected {
  readonly source: Source;
  readonly datasets: DatasetSource;
  readonly prompts: PromptSource;
  readonly reviews: ReviewSource;
}

export interface Harness {
  readonly sandbox: PostHogSandbox;
  define(options?: Partial<PostHogOptions>): VendorDefinition;
  /** A new operation with the owner's key, or as the options say. */
  connect(options?: Partial<PostHogOptions>, maxCalls?: number): Connected;
  /** Path and query of what was asked since the last look, decoded. */
  asked(): readonly string[];
  /** From now on this list has its rows changed so. */
  spoil(path: string, change: (rows: Record<string, unknown>[]) => unknown): Promise<void>;
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('It should be there.');
  return value;
}

/** One sandbox for the file, as seeded before each test. */
export function usePostHog(): Harness {
  let sandbox: PostHogSandbox;
  let upstream: Upstream;

  beforeAll(async () => {
    sandbox = await startPostHogSandbox();
    upstream = new Upstream({ callTimeout: 5_000, connections: 32, maxResponseBytes: 8_000_000 });
  });
  beforeEach(() => sandbox.reset());
  afterAll(async () => {
    await upstream.dispose();
    await sandbox.dispose();
  });

  function define(options: Partial<PostHogOptions> = {}): VendorDefinition {
    return createPostHogDefinition({
      baseUrl: sandbox.baseUrl,
      personalApiKey: acme.owner.apiKey,
      projectId: String(projectId),
      sandbox: true,
      scopeKey,
      ...options,
    });
  }

  return {
    get sandbox() {
      return sandbox;
    },
    define,
    connect(options = {}, maxCalls = 100) {
      const definition = define(options);
      const account = there(definition.accountFor(() => undefined));
      const operation = new Operation({
        upstream,
        signal: new AbortController().signal,
        maxCalls,
        maxWrites: maxCalls,
      });
      const source = definition.connect(new VendorHttp(operation, account, definition.protocol));
      return {
        source,
        datasets: there(source.datasets),
        prompts: there(source.prompts),
        reviews: there(source.reviews),
      };
    },
    asked() {
      const urls = sandbox.server.requests.all.map(({ url }) => decodeURIComponent(url));
      sandbox.server.requests.clear();
      return urls;
    },
    async spoil(path, change) {
      const headers = { authorization: `Bearer ${acme.owner.apiKey}` };
      const answer = await fetch(sandbox.baseUrl + path, { headers });
      const { results, ...page } = JSON.parse(await answer.text());
      const body = JSON.stringify({ ...page, results: change(results) });
      sandbox.server.faults.add({
        path: new URL(path, sandbox.baseUrl).pathname,
        effect: { type: 'replace-body', body },
      });
      sandbox.server.requests.clear();
    },
  };
}

/** Pages of a stream, each from where the page before ended; `between` runs before each but the first. */
export async function readPages<T>(
  stream: ListStream<T>,
  limit: number,
  between: (pagesSoFar: number) => void = () => undefined,
): Promise<readonly StreamPage<T>[]> {
  const pages: StreamPage<T>[] = [];
  let from: string | undefined;
  for (;;) {
    const page = await stream.fetch(from, limit);
    pages.push(page);
    if (page.next === undefined) return pages;
    from = page.next;
    between(pages.length);
  }
}

export async function readAll<T>(stream: ListStream<T>, limit = 25): Promise<readonly T[]> {
  return (await readPages(stream, limit)).flatMap(({ items }) => items);
}

export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (list.length !== 1 || first === undefined) throw new Error(`There are ${list.length}, not one.`);
  return first;
}

export function firstOf<T>(list: readonly T[]): T {
  return there(list[0]);
}

/** More datasets with copies of the first one's content, the oldest of all. */
export function addDatasets(sandbox: PostHogSandbox, count: number): readonly string[] {
  const { datasets } = sandbox.state.project(projectId);
  const pattern = firstOf(datasets);
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const id of ids) datasets.push({ ...pattern, id });
  return ids;
}

/** What a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('It should have been rejected.');
    },
    (error: unknown) => error,
  );
}
