import { HumanloopClient } from 'humanloop';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  type HumanloopCredential,
  type HumanloopSandbox,
  humanloopCredentials,
  startHumanloopSandbox,
} from '../../sandbox/humanloop/index.ts';
import { DocumentedShapes } from '../support/documented-shape.ts';

export interface CallOptions {
  /** Fills the template's `{name}`s, percent-encoded. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  /** Default: acme's Priya. Null sends no key. */
  readonly as?: HumanloopCredential | null;
  /** The vendor documents no such answer: its shape is not compared. */
  readonly undocumented?: boolean;
}

/** The members of answers that tests look at. */
export interface Wire {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly version_id: string;
  readonly version_name: string | null;
  readonly version_description: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly datapoints_count: number;
  readonly datapoints: readonly Wire[] | null;
  readonly inputs: unknown;
  readonly messages: unknown;
  readonly target: unknown;
  readonly attributes: unknown;
  readonly environments: readonly Wire[];
  readonly file: Wire | null;
  readonly records: readonly Wire[];
  readonly page: number;
  readonly size: number;
  readonly total: number;
  readonly detail: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Wire;
}

export interface Harness {
  readonly sandbox: HumanloopSandbox;
  /** The vendor's own client. */
  client(as?: HumanloopCredential): HumanloopClient;
  /** A request by hand, its answer compared with the vendor's documentation. */
  call(method: string, template: string, options?: CallOptions): Promise<Answer>;
}

/** Without the client's own tries again, which are slow. */
export const once = { maxRetries: 0 };

/** A sandbox for the tests of one file, back at its seed before each. */
export function useHumanloop(): Harness {
  const shapes = new DocumentedShapes('humanloop');
  let started: HumanloopSandbox | undefined;

  function sandbox(): HumanloopSandbox {
    if (started === undefined) throw new Error('The sandbox is used outside a test.');
    return started;
  }

  beforeAll(async () => {
    started = await startHumanloopSandbox();
  });
  beforeEach(() => sandbox().reset());
  afterAll(() => started?.dispose());

  return {
    get sandbox() {
      return sandbox();
    },
    client: (as = humanloopCredentials.acme.priya) =>
      new HumanloopClient({ baseUrl: sandbox().baseUrl, apiKey: as.apiKey }),
    async call(method, template, options = {}) {
      const { as = humanloopCredentials.acme.priya, query = {}, path = {} } = options;
      const filled = template.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(path[name] ?? ''),
      );
      const url = new URL(`${sandbox().baseUrl}${filled}`);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
      const response = await fetch(url, {
        method,
        headers: {
          ...(as === null ? {} : { 'x-api-key': as.apiKey }),
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
      const text = await response.text();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      if (options.undocumented !== true) shapes.check(method, template, response.status, body);
      // What is looked at is known to be there: the shape was compared, or the expectation fails.
      return { status: response.status, headers: response.headers, body: body as Wire };
    },
  };
}
