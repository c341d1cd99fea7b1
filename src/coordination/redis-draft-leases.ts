import { z } from 'zod';
import { type DraftLock, draftLockKinds } from '../domain/dataset.ts';
import { FeedUnavailableError } from '../domain/errors.ts';
import { parseIdOf, type ResourceKey } from '../domain/identity.ts';
import { type Instant, parseInstant } from '../domain/instant.ts';
import type { Json } from '../domain/json.ts';
import type { RedisSession } from '../redis/redis-session.ts';
import { type Script, script } from '../redis/script.ts';
import {
  type DraftLease,
  type DraftLeases,
  type DraftLeasesOptions,
  type LeaseHolder,
  LocalDraftLeases,
  leaseTaken,
} from './draft-leases.ts';

/** KEYS: the leases of the dataset, the ends of all. ARGV: scope, lease, member, duration. */
const keep = script(
  'keepDraftLease',
  `
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000 + tonumber(ARGV[4]), ARGV[3])
return 1
`,
);

/** The same of one that was given while Redis was away, where nobody else has taken one meanwhile. KEYS, ARGV: as above. */
const keepLate = script(
  'keepLateDraftLease',
  `
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000 + tonumber(ARGV[4]), ARGV[3])
return 1
`,
);

/** Takes out those that have ended, at most 20. KEYS: the ends of all. ARGV: what the keys of datasets begin with. */
const takeEnded = script(
  'takeEndedDraftLeases',
  `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local ended = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 20)
local taken = {}
for _, member in ipairs(ended) do
  redis.call('ZREM', KEYS[1], member)
  local id, scope = string.match(member, '^(%S+) (%S+)$')
  local lease = redis.call('HGET', ARGV[1] .. id, scope)
  redis.call('HDEL', ARGV[1] .. id, scope)
  if lease then table.insert(taken, id) table.insert(taken, lease) end
end
return taken
`,
);

const InstantText = z.string().transform((text, context): Instant => {
  const instant = parseInstant(text);
  if (instant !== undefined) return instant;
  context.addIssue({ code: 'custom', message: 'is no instant' });
  return z.NEVER;
});
const text = z.string().nullable();

const Written = z.object({
  scope: z.string(),
  holder: z.object({ id: z.string(), name: z.string() }),
  since: InstantText,
  vendorLock: z.object({
    holder: z.object({
      vendorId: text,
      name: text,
      email: text,
      handle: text,
      iconUrl: text,
      // What JSON.parse gives is JSON.
      details: z.unknown().transform((value) => (value ?? null) as Json),
    }),
    since: InstantText.nullable(),
    heldByCaller: z.boolean().nullable(),
    kind: z.enum(draftLockKinds),
  }),
});

function decode(json: unknown): DraftLease | undefined {
  return typeof json === 'string' ? Written.safeParse(JSON.parse(json)).data : undefined;
}

/** A lease that only this instance knows of. */
interface Untold {
  readonly dataset: ResourceKey<'DATASET'>;
  readonly lease: DraftLease;
  /** By the clock of this process. Milliseconds. */
  readonly until: number;
}

/**
 * Leases of all instances. While Redis cannot be reached, those that this instance has given hold here, and are told when
 * it can be. One that Redis knows of ends there alone: it may have been renewed at another instance.
 */
export class RedisDraftLeases implements DraftLeases {
  readonly #options: DraftLeasesOptions;
  readonly #session: RedisSession;
  readonly #local: LocalDraftLeases;
  readonly #leave: () => void;
  /** By dataset and scope. */
  readonly #untold = new Map<string, Untold>();

  constructor(session: RedisSession, options: DraftLeasesOptions) {
    this.#session = session;
    this.#options = options;
    this.#local = new LocalDraftLeases({
      ...options,
      onExpire: (dataset, lease) => {
        if (this.#untold.delete(memberOf(dataset, lease.scope))) options.onExpire(dataset, lease);
      },
    });
    this.#leave = session.onState(() => {
      // What goes wrong with one beat is done with the next.
      void this.#tellUntold()
        .then(() => this.#endEnded())
        .catch(() => undefined);
    });
  }

  async all(dataset: ResourceKey<'DATASET'>): Promise<readonly DraftLease[]> {
    try {
      const told = await this.#session.command('HVALS', this.#key(dataset.id));
      return (Array.isArray(told) ? told : []).map(decode).filter((lease) => lease !== undefined);
    } catch (error) {
      if (error instanceof FeedUnavailableError) return this.#local.all(dataset);
      throw error;
    }
  }

  async take(
    scope: string,
    dataset: ResourceKey<'DATASET'>,
    holder: LeaseHolder,
    vendorLock: DraftLock,
  ): Promise<DraftLease> {
    const known = (await this.all(dataset)).find((lease) => lease.scope === scope);
    const lease = leaseTaken(known, scope, holder, vendorLock);
    const { duration } = this.#options;
    this.#local.keep(dataset, lease, duration);
    const until = this.#session.clock.local + duration;
    try {
      await this.#tell(keep, { dataset, lease, until });
      this.#untold.delete(memberOf(dataset, scope));
    } catch (error) {
      if (!(error instanceof FeedUnavailableError)) throw error;
      this.#untold.set(memberOf(dataset, scope), { dataset, lease, until });
    }
    return lease;
  }

  async release(scope: string, dataset: ResourceKey<'DATASET'>): Promise<void> {
    await this.#local.release(scope, dataset);
    this.#untold.delete(memberOf(dataset, scope));
    try {
      await this.#session.command('HDEL', this.#key(dataset.id), scope);
      await this.#session.command('ZREM', this.#session.key('drafts'), memberOf(dataset, scope));
    } catch (error) {
      if (!(error instanceof FeedUnavailableError)) throw error;
    }
  }

  dispose(): void {
    this.#leave();
    this.#local.dispose();
  }

  async #tell(program: Script, { dataset, lease, until }: Untold): Promise<void> {
    const { scope } = lease;
    const left = Math.max(1, until - this.#session.clock.local);
    const keys = [this.#key(dataset.id), this.#session.key('drafts')];
    await this.#session.run(program, keys, [scope, JSON.stringify(lease), memberOf(dataset, scope), left]);
  }

  async #tellUntold(): Promise<void> {
    for (const [member, untold] of this.#untold) {
      await this.#tell(keepLate, untold);
      // Unless it was taken anew meanwhile.
      if (this.#untold.get(member) === untold) this.#untold.delete(member);
    }
  }

  async #endEnded(): Promise<void> {
    const told = await this.#session.run(takeEnded, [this.#session.key('drafts')], [this.#key('')]);
    const flat = Array.isArray(told) ? told.map(String) : [];
    for (let index = 0; index < flat.length; index += 2) {
      const lease = decode(flat[index + 1]);
      if (lease !== undefined) this.#options.onExpire(parseIdOf('DATASET', flat[index] ?? '', []), lease);
    }
  }

  #key(dataset: string): string {
    return this.#session.key(`draft:${dataset}`);
  }
}

/** What a lease is called among the ends of all. */
function memberOf({ id }: ResourceKey<'DATASET'>, scope: string): string {
  return `${id} ${scope}`;
}
