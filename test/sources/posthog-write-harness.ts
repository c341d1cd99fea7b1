import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Account } from '../../src/http/account.ts';
import { Operation, VendorHttp } from '../../src/http/operation.ts';
import type { VendorProtocol } from '../../src/http/protocol.ts';
import { Upstream, type UpstreamWrite } from '../../src/http/upstream.ts';
import type {
  DatasetWriter,
  PromptWriter,
  ReviewWriter,
  Source,
  Translate,
} from '../../src/sources/source.ts';
import { type Connected, type Harness, projectId, usePostHog } from './posthog-harness.ts';

/** A write as it was sent, its body read. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  /** Undefined when there was none. */
  readonly body: unknown;
}

export interface Writers extends Connected {
  readonly source: Source;
  readonly datasetWriter: DatasetWriter;
  readonly promptWriter: PromptWriter;
  readonly reviewWriter: ReviewWriter;
  readonly translate: Translate;
}

export interface WriteHarness extends Harness {
  /** A new operation whose requests pass a recorder. */
  write(maxCalls?: number): Writers;
  /** A new operation whose writes of this name find nobody listening, while all else arrives. */
  refused(endpoint: string): Writers;
  /** Writes since the last look, in the order in which they came. */
  sent(): readonly Sent[];
  /** `GET path?query` of the reads since the last look at `sent`, decoded. */
  read(): readonly string[];
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('It should be there.');
  return value;
}

export function writersOf(connected: Connected): Writers {
  return {
    ...connected,
    datasetWriter: there(connected.datasets.writer),
    promptWriter: there(connected.prompts.writer),
    reviewWriter: there(connected.reviews.writer),
    translate: there(connected.source.translate),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** An origin at which nobody listens. */
async function closedOrigin(): Promise<string> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is an AddressInfo once it listens (Node's documentation of server.address()).
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

class RefusedWrites extends Upstream {
  /** The vendor's name of the one operation that is refused. */
  endpoint: string | undefined;

  override async write<T>(
    account: Account,
    protocol: VendorProtocol,
    request: UpstreamWrite<T>,
    callFor: Parameters<Upstream['write']>[3],
  ): Promise<T> {
    const isRefused = request.endpoint === this.endpoint;
    const to = isRefused ? { ...account, origin: await closedOrigin() } : account;
    return super.write(to, protocol, request, callFor);
  }
}

/** The sandbox of `usePostHog`, with a recorder before it that also keeps bodies. */
export function usePostHogWrites(): WriteHarness {
  const harness = usePostHog();
  const requests: Sent[] = [];
  let refusing: RefusedWrites;

  const recorder = createServer(async (request, response) => {
    try {
      const text = await bodyOf(request);
      const { method = 'GET', url = '/' } = request;
      requests.push({ method, path: url, body: text === '' ? undefined : JSON.parse(text) });
      const answer = await fetch(harness.sandbox.baseUrl + url, {
        method,
        headers: {
          authorization: request.headers.authorization ?? '',
          ...(text === '' ? {} : { 'content-type': 'application/json' }),
        },
        ...(text === '' ? {} : { body: text }),
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(await answer.text());
    } catch {
      response.destroy();
    }
  });

  beforeAll(async () => {
    refusing = new RefusedWrites({ callTimeout: 5_000, connections: 8, maxResponseBytes: 8_000_000 });
    await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    requests.length = 0;
  });
  afterAll(async () => {
    await refusing.dispose();
    recorder.closeAllConnections();
    await new Promise((resolve) => recorder.close(resolve));
  });

  return {
    get sandbox() {
      return harness.sandbox;
    },
    define: harness.define,
    connect: harness.connect,
    asked: harness.asked,
    spoil: harness.spoil,
    write(maxCalls = 300) {
      // As above.
      const { port } = recorder.address() as AddressInfo;
      return writersOf(harness.connect({ baseUrl: `http://127.0.0.1:${port}` }, maxCalls));
    },
    refused(endpoint) {
      refusing.endpoint = endpoint;
      const definition = harness.define();
      const account = there(definition.accountFor(() => undefined));
      const signal = new AbortController().signal;
      const operation = new Operation({ upstream: refusing, signal, maxCalls: 100, maxWrites: 20_000 });
      const source = definition.connect(new VendorHttp(operation, account, definition.protocol));
      return writersOf({
        source,
        datasets: there(source.datasets),
        prompts: there(source.prompts),
        reviews: there(source.reviews),
      });
    },
    sent() {
      const writes = requests.filter(({ method }) => method !== 'GET');
      requests.length = 0;
      return writes;
    },
    read: () => requests.filter(({ method }) => method === 'GET').map(({ path }) => decodeURIComponent(path)),
  };
}

export const datasetRoot = `/api/projects/${projectId}`;
export const promptRoot = `/api/environments/${projectId}/llm_prompts`;
export const reviewRoot = `/api/environments/${projectId}/llm_analytics`;

/** A file of `count` items. */
export function manyItems(count: number): readonly { readonly input: { readonly n: number } }[] {
  return Array.from({ length: count }, (_, n) => ({ input: { n } }));
}
