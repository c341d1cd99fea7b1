import { z } from 'zod';
import { type DraftLock, draftLockKinds } from '../domain/dataset.ts';
import { FeedUnavailableError } from '../domain/errors.ts';
import { parseIdOf, type ResourceKey } from '../domain/identity.ts';
import { type Instant, parseInstant } from '../domain/instant.ts';
import type { Json } from '../domain/json.ts';
import type { RedisSession } from '../redis/redis-session.ts';
import { script } from '../redis/script.ts';
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

/** Leases of all instances. While Redis cannot be reached, those that this instance has given hold here. */
export class RedisDraftLeases implements DraftLeases {
  readonly #options: DraftLeasesOptions;
  readonly #session: RedisSession;
  readonly #local: LocalDraftLeases;
  readonly #leave: () => void;

  constructor(session: RedisSession, options: DraftLeasesOptions) {
    this.#session = session;
    this.#options = options;
    this.#local = new LocalDraftLeases({
      ...options,
      // Where Redis is there, it ends there, for whichever instance finds it first.
      onExpire: (dataset, lease) => {
        if (session.outage !== undefined) options.onExpire(dataset, lease);
      },
    });
    this.#leave = session.onState(() => void this.#endEnded().catch(() => undefined));
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
    try {
      const keys = [this.#key(dataset.id), this.#session.key('drafts')];
      await this.#session.run(keep, keys, [scope, JSON.stringify(lease), `${dataset.id} ${scope}`, duration]);
    } catch (error) {
      if (!(error instanceof FeedUnavailableError)) throw error;
    }
    return lease;
  }

  async release(scope: string, dataset: ResourceKey<'DATASET'>): Promise<void> {
    await this.#local.release(scope, dataset);
    try {
      await this.#session.command('HDEL', this.#key(dataset.id), scope);
      await this.#session.command('ZREM', this.#session.key('drafts'), `${dataset.id} ${scope}`);
    } catch (error) {
      if (!(error instanceof FeedUnavailableError)) throw error;
    }
  }

  dispose(): void {
    this.#leave();
    this.#local.dispose();
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
