import type { Context } from '../context.ts';
import type { FeedEvent } from '../domain/change.ts';
import type { GraphQLParameters } from './graphql-parameters.ts';
import type { ResultBody } from './result-stream.ts';

/** What executing an event gave. */
export interface ExecutedEvent {
  readonly body: ResultBody;
  /** Whether nothing was read from a vendor for it: it is the same whenever it is executed. */
  readonly isTimeless: boolean;
}

/** Executes an event; the signal ends it when nobody waits for it any more. */
export type ExecuteEvent = (event: FeedEvent, signal: AbortSignal) => Promise<ExecutedEvent>;

interface Run {
  readonly cursor: string;
  readonly executed: Promise<ExecutedEvent>;
  readonly controller: AbortController;
  waiting: number;
}

/** Events that are kept of a group, for those of its subscribers that are behind. */
const mostKept = 64;

/**
 * Subscribers that are shown the same of each event: they sent the same document and variables, are the same caller, and
 * see every vendor with the same credentials. An event is executed once for those who wait for it, and kept only where
 * nothing was read for it. An error is nobody else's: it names the request that it is of.
 */
class EventGroup {
  members = 0;
  /** By the log's own object: what is told to one subscriber alone is another. */
  readonly #runs = new Map<FeedEvent['change'], Run>();

  async execute(event: FeedEvent, signal: AbortSignal, execute: ExecuteEvent): Promise<ResultBody> {
    const { change, cursor } = event;
    const known = this.#runs.get(change);
    if (change.kind === 'GAP' || (known !== undefined && known.cursor !== cursor)) {
      return (await execute(event, signal)).body;
    }
    const run = known ?? this.#start(event, execute);
    run.waiting += 1;
    const leave = (): void => {
      run.waiting -= 1;
      if (run.waiting === 0) run.controller.abort();
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      const { body } = await run.executed;
      if (body.errors === undefined || known === undefined) return body;
    } finally {
      signal.removeEventListener('abort', leave);
    }
    return (await execute(event, signal)).body;
  }

  #start(event: FeedEvent, execute: ExecuteEvent): Run {
    const { change, cursor } = event;
    const controller = new AbortController();
    const run = { cursor, controller, waiting: 0, executed: execute(event, controller.signal) };
    this.#runs.set(change, run);
    const forget = (): void => {
      if (this.#runs.get(change) === run) this.#runs.delete(change);
    };
    run.executed.then(({ body, isTimeless }) => {
      if (!isTimeless || body.errors !== undefined) forget();
      const [oldest] = this.#runs.keys();
      if (this.#runs.size > mostKept && oldest !== undefined) this.#runs.delete(oldest);
    }, forget);
    return run;
  }
}

/** A subscriber's part in its group. */
export interface GroupMember {
  execute(event: FeedEvent, signal: AbortSignal, execute: ExecuteEvent): Promise<ResultBody>;
  leave(): void;
}

/** The groups of the subscribers that there are. */
export class SharedEvents {
  readonly #groups = new Map<string, EventGroup>();

  /** The key has everything in it that decides what a subscriber is shown. */
  join(key: string): GroupMember {
    const group = this.#groups.get(key) ?? new EventGroup();
    this.#groups.set(key, group);
    group.members += 1;
    return {
      execute: (event, signal, execute) => group.execute(event, signal, execute),
      leave: () => {
        group.members -= 1;
        if (group.members === 0) this.#groups.delete(key);
      },
    };
  }
}

/** All that decides what a subscriber is shown of an event. */
export function groupKeyOf({ query, operationName, variables }: GraphQLParameters, context: Context): string {
  const { caller, slots } = context;
  const seen = slots.map(({ key, watchTarget, ofCaller }) => [key, watchTarget?.scope ?? null, ofCaller]);
  const { read, write } = caller.permissions;
  const who = [caller.id, [...read].sort(), [...write].sort()];
  return JSON.stringify([query, operationName ?? null, variables ?? null, who, seen]);
}
