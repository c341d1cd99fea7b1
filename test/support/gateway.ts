import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { readConfig } from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { startGatewayServer } from '../../src/server/http-server.ts';
import { createLogger, type Logger } from '../../src/telemetry/logger.ts';

export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [member: string]: unknown };
}

export interface UpstreamExtension {
  readonly [vendor: string]: { readonly calls: number; readonly shared: number; readonly retries: number };
}

export interface CostExtension {
  readonly estimate: number;
  readonly limit: number;
}

/** A GraphQL answer as it came over HTTP. */
export interface Answer<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data;
  readonly errors: readonly AnswerError[] | undefined;
  readonly upstream: UpstreamExtension | undefined;
  readonly cost: CostExtension | undefined;
  /** The body as text, for tests that look for what must not be there. */
  readonly text: string;
}

export interface TestGatewayOptions {
  /** Settings beside the sandbox's own; undefined takes one of the sandbox's away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly logger?: Logger;
}

/** A gateway over a sandbox of its own, both on free ports. */
export interface TestGateway {
  readonly origin: string;
  readonly url: string;
  readonly gateway: Gateway;
  readonly sandbox: Sandbox;
  /** Sends a document by POST. The type of the data is what the test says it selects. */
  query<Data, Variables>(
    document: TypedDocumentNode<Data, Variables> | string,
    variables?: Variables,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Data>>;
  /** Requests that a vendor received since the last call of this. */
  received(vendor: 'datadog' | 'humanloop' | 'posthog'): readonly string[];
  dispose(): Promise<void>;
}

interface WireBody {
  readonly data?: unknown;
  readonly errors?: readonly AnswerError[];
  readonly extensions?: { readonly upstream?: UpstreamExtension; readonly cost?: CostExtension };
}

export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const sandbox = await startSandbox();
  const config = readConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'silent',
    NODE_ENV: 'test',
    PROBE_INTERVAL: '0',
    SHUTDOWN_TIMEOUT: '1000',
    // What is told of one failure, and how often a vendor is asked, is seen best when each call is sent once and no
    // failure is remembered. Tests of tries, limits and circuits set their own.
    UPSTREAM_TRIES: '1',
    UPSTREAM_RETRY_DELAY: '1',
    UPSTREAM_BREAKER_FAILURES: '1000000',
    UPSTREAM_RATE_PAUSE: '0',
    UPSTREAM_PUBLISHED_RATES: 'false',
    BACKGROUND_SHARE: '100',
    BACKGROUND_RATE: '100000',
    CALLER_RATE: '1000000000',
    ...sandbox.environment,
    ...options.environment,
  });
  const gateway = createGateway({ config, logger: options.logger ?? createLogger('silent') });
  const server = await startGatewayServer(gateway);
  const url = `${server.origin}/graphql`;
  return {
    origin: server.origin,
    url,
    gateway,
    sandbox,
    query: async <Data, Variables>(
      document: TypedDocumentNode<Data, Variables> | string,
      variables?: Variables,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<Answer<Data>> => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: typeof document === 'string' ? document : print(document), variables }),
      });
      const text = await response.text();
      // What a server sends as JSON has the members of a GraphQL response, or the test that reads them fails.
      const body = JSON.parse(text) as WireBody;
      return {
        status: response.status,
        headers: response.headers,
        data: body.data as Data, // What a document selects is known to its test alone.
        errors: body.errors,
        upstream: body.extensions?.upstream,
        cost: body.extensions?.cost,
        text,
      };
    },
    received: (vendor) => {
      const { requests } = sandbox[vendor].server;
      const all = requests.all.map((request) => `${request.method} ${request.url}`);
      requests.clear();
      return all;
    },
    dispose: async () => {
      await server.dispose();
      await sandbox.dispose();
    },
  };
}
