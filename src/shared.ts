import { randomBytes } from 'node:crypto';
import type { ChangeLog } from './changes/change-log.ts';
import { MemoryLog, monotonicNow } from './changes/memory-log.ts';
import { RedisLog } from './changes/redis-log.ts';
import { RedisWatchLeases } from './changes/redis-watch-leases.ts';
import { noOthers, type WatchLeases } from './changes/watch-leases.ts';
import type { Config } from './config.ts';
import { type DraftLeases, type DraftLeasesOptions, LocalDraftLeases } from './coordination/draft-leases.ts';
import { type GivenBackVersions, LocalGivenBack } from './coordination/given-back-versions.ts';
import { RedisDraftLeases } from './coordination/redis-draft-leases.ts';
import { RedisGivenBack } from './coordination/redis-given-back.ts';
import { RedisMutex } from './coordination/redis-mutex.ts';
import { LocalMutex, type ResourceMutex } from './coordination/resource-mutex.ts';
import { RedisSession } from './redis/redis-session.ts';

/** What the gateway's instances share, where they share anything; else what one keeps for itself. */
export interface Shared {
  /** What credentials are hashed with: the same at all instances. */
  readonly scopeKey: Buffer;
  readonly log: ChangeLog;
  readonly watchLeases: WatchLeases;
  readonly mutex: ResourceMutex;
  readonly givenBack: GivenBackVersions;
  /** Whether instances are joined; undefined where there is one alone. Why not, where they cannot reach what they share. */
  joined(): { readonly instance: string; readonly outage: string | undefined } | undefined;
  /** Resolves when what is shared is reached, or after a while. */
  ready(): Promise<void>;
  createDraftLeases(options: DraftLeasesOptions): DraftLeases;
  /** Has the other instances look at a resource. */
  nudge(id: string, exceptScope: string | undefined): void;
  onNudge(listener: (id: string, exceptScope: string | undefined) => void): void;
  dispose(): Promise<void>;
}

function createLocal(config: Config): Shared {
  const log = new MemoryLog(config.changeLog);
  return {
    scopeKey: config.scopeKey ?? randomBytes(32),
    log,
    watchLeases: noOthers,
    mutex: new LocalMutex(),
    givenBack: new LocalGivenBack(),
    joined: () => undefined,
    ready: async () => undefined,
    createDraftLeases: (options) => new LocalDraftLeases(options),
    nudge: () => undefined,
    onNudge: () => undefined,
    dispose: () => log.dispose(),
  };
}

/** How long a state stays known after it was last looked at, in longest intervals between two looks. */
const intervalsKept = 12;

function createJoined(config: Config, redis: NonNullable<Config['redis']>, scopeKey: Buffer): Shared {
  const { url, prefix, commandTimeout, beatInterval, watchLease } = redis;
  const session = new RedisSession({ url, prefix, commandTimeout, beatInterval, now: monotonicNow });
  const log = new RedisLog({
    ...config.changeLog,
    settledFor: intervalsKept * config.watch.maxInterval,
    session,
  });
  const watchLeases = new RedisWatchLeases(session, watchLease);
  return {
    scopeKey,
    log,
    watchLeases,
    mutex: new RedisMutex(session),
    givenBack: new RedisGivenBack(session),
    joined: () => ({ instance: watchLeases.instance, outage: session.outage }),
    ready: () => session.ready(2 * commandTimeout),
    createDraftLeases: (options) => new RedisDraftLeases(session, options),
    nudge: (id, exceptScope) => {
      // Best effort: what is watched is looked at in any case, later.
      session.tell('nudges', `${id} ${exceptScope ?? ''}`).catch(() => undefined);
    },
    onNudge: (listener) =>
      session.listen('nudges', (message) => {
        const [id = '', exceptScope = ''] = message.split(' ');
        listener(id, exceptScope === '' ? undefined : exceptScope);
      }),
    dispose: async () => {
      await watchLeases.dispose();
      await log.dispose();
      session.dispose();
    },
  };
}

export function createShared(config: Config): Shared {
  const { redis, scopeKey } = config;
  return redis === undefined || scopeKey === undefined
    ? createLocal(config)
    : createJoined(config, redis, scopeKey);
}
