import { createClient } from 'graphql-ws';
import type { AnswerError, TestGateway } from '../support/gateway.ts';
import { dataOf, present } from './reading.ts';

/** An event as a subscriber is shown it; members that its type does not have are not there. */
export interface ShownEvent {
  readonly __typename: string;
  readonly cursor: string;
  readonly origin?: string;
  readonly datasetId?: string;
  readonly promptId?: string;
  readonly dataset?: {
    readonly name: string;
    readonly latestVersion: { readonly ref: string } | null;
  } | null;
  readonly prompt?: { readonly name: string; readonly latestVersion: { readonly ref: string } | null } | null;
  readonly previous?: ShownHolder | null;
  readonly current?: ShownHolder | null;
  readonly action?: string;
  readonly previousRef?: string | null;
  readonly versionRef?: string | null;
  readonly version?: { readonly ref: string } | null;
  readonly environmentName?: string | null;
  readonly reason?: string;
  readonly resourceIds?: readonly string[] | null;
  readonly status?: string;
  readonly statusReason?: string | null;
  readonly vendor?: string;
}

export interface ShownHolder {
  readonly kind: string;
  readonly holder: { readonly vendorId: string | null; readonly name: string | null };
}

const ofField = {
  draftLockChanged: 'datasetIds',
  datasetVersionChanged: 'datasetIds',
  promptVersionChanged: 'promptIds',
  changes: 'resourceIds',
} as const;
export type FollowedField = keyof typeof ofField;

const holder = '{ kind holder { vendorId name } }';
const object = '{ name latestVersion { ref } }';
const version = 'action previousRef versionRef environmentName version { ref }';
const kinds: Readonly<Record<string, string>> = {
  DraftLockChange: `cursor origin datasetId previous ${holder} current ${holder}`,
  DatasetVersionChange: `cursor origin datasetId dataset ${object} ${version}`,
  PromptVersionChange: `cursor origin promptId prompt ${object} ${version}`,
  ChangeGap: 'cursor reason message resourceIds',
  SourceStatusChange: 'cursor vendor status statusReason',
};
const shownBy: Readonly<Record<FollowedField, readonly string[]>> = {
  draftLockChanged: ['DraftLockChange', 'ChangeGap', 'SourceStatusChange'],
  datasetVersionChanged: ['DatasetVersionChange', 'ChangeGap', 'SourceStatusChange'],
  promptVersionChanged: ['PromptVersionChange', 'ChangeGap', 'SourceStatusChange'],
  changes: Object.keys(kinds),
};

/** The document that follows a field and selects all of its events. */
export function followDocument(field: FollowedField, only = shownBy[field]): string {
  const parts = only.map((kind) => `... on ${kind} { ${kinds[kind] ?? ''} }`).join(' ');
  const argument = ofField[field];
  return `subscription ($ids: [ID!]!, $after: String) { ${field}(${argument}: $ids, after: $after) { __typename ${parts} } }`;
}

export interface FollowOptions {
  readonly field: FollowedField;
  readonly ids: readonly string[];
  readonly after?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** What to select in place of everything. */
  readonly document?: string;
}

interface Result {
  readonly data?: Readonly<Record<string, ShownEvent>> | null;
  readonly errors?: readonly AnswerError[];
}

/** A subscription over a WebSocket of its own. */
export interface Follower {
  /** The next event; rejects with what ended the subscription. */
  next(): Promise<ShownEvent>;
  /** So many next events. */
  take(count: number): Promise<readonly ShownEvent[]>;
  /** Events up to the first that fits, that one included. */
  until(fits: (event: ShownEvent) => boolean): Promise<readonly ShownEvent[]>;
  /** Errors that came with events, so far. */
  readonly errors: readonly AnswerError[];
  stop(): Promise<void>;
}

/** Follows a field; the socket is open and the subscription sent when this resolves. */
export async function follow({ url }: Pick<TestGateway, 'url'>, options: FollowOptions): Promise<Follower> {
  const { field, ids, after, headers = {} } = options;
  const closed = Promise.withResolvers<void>();
  const client = createClient({
    url: url.replace('http', 'ws'),
    connectionParams: headers,
    retryAttempts: 0,
    lazy: true,
    on: { closed: () => closed.resolve() },
  });
  const query = options.document ?? followDocument(field);
  const results = client.iterate<Readonly<Record<string, ShownEvent>>>({ query, variables: { ids, after } });
  const errors: AnswerError[] = [];

  async function next(): Promise<ShownEvent> {
    const { value, done } = await results.next();
    if (done === true) throw new Error('the subscription has ended');
    const { data, errors: told } = value as Result; // The library's type says the same with looser members.
    errors.push(...(told ?? []));
    if (data === null || data === undefined) throw new Error(JSON.stringify(told));
    return present(data[field]);
  }

  return {
    next,
    errors,
    take: async (count) => {
      const events: ShownEvent[] = [];
      while (events.length < count) events.push(await next());
      return events;
    },
    until: async (fits) => {
      const events: ShownEvent[] = [];
      for (;;) {
        const event = await next();
        events.push(event);
        if (fits(event)) return events;
      }
    },
    stop: async () => {
      await results.return?.();
      await client.dispose();
      await closed.promise;
    },
  };
}

export async function readCursor(gateway: TestGateway, headers = {}): Promise<string> {
  const answer = await gateway.query<{ changeCursor: string }, object>('{ changeCursor }', {}, headers);
  return dataOf(answer).changeCursor;
}

const seen: Readonly<Record<'dataset' | 'prompt', string>> = {
  dataset: 'dataset(id: $id) { draftLock { since } latestVersion { ref } currentVersion { ref } }',
  prompt: 'prompt(id: $id) { latestVersion { ref } }',
};

/** The cursor, with the data of one thing read in the same operation: what a client does before it follows. */
export async function readWithCursor(
  gateway: TestGateway,
  kind: 'dataset' | 'prompt',
  id: string,
  headers = {},
): Promise<string> {
  const document = `query ($id: ID!) { changeCursor ${seen[kind]} }`;
  const answer = await gateway.query<{ changeCursor: string }, object>(document, { id }, headers);
  return present(answer.data).changeCursor;
}

/** What a test compares of an event: all but what differs from run to run. */
export function told({
  __typename,
  cursor: _,
  ...event
}: ShownEvent): Omit<ShownEvent, '__typename' | 'cursor'> {
  return event;
}

/** Settings under which what is watched is looked at often. */
export const watchFast = { WATCH_INTERVAL: '20', WATCH_MAX_INTERVAL: '20', WATCH_LINGER: '0' } as const;
