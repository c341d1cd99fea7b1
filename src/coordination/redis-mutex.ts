import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { FeedUnavailableError } from '../domain/errors.ts';
import type { RedisSession } from '../redis/redis-session.ts';
import { script } from '../redis/script.ts';
import { LocalMutex, type ResourceMutex } from './resource-mutex.ts';

const extend = script(
  'extendMutex',
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
);

const leave = script(
  'leaveMutex',
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`,
);

/** How long a turn is kept for an instance that is not heard of any more. Milliseconds. */
const kept = 10_000;
/** Between two tries to get a turn that an instance elsewhere has, at least and at most. Milliseconds. */
const pauses = { least: 10, most: 100 } as const;

/**
 * Among the writers of all instances. Those of one instance come in their order; of several, whoever finds the resource
 * free. While Redis cannot be reached it is kept among the writers of each instance alone: writes go on.
 */
export class RedisMutex implements ResourceMutex {
  readonly #session: RedisSession;
  readonly #local = new LocalMutex();

  constructor(session: RedisSession) {
    this.#session = session;
  }

  run<T>(resource: string, task: () => Promise<T>): Promise<T> {
    return this.#local.run(resource, async () => {
      const name = createHash('sha256').update(resource).digest('base64url');
      const key = this.#session.key(`mutex:${name}`);
      const token = randomUUID();
      if (!(await this.#enter(key, token))) return task();
      const renewal = setInterval(() => {
        this.#session.run(extend, [key], [token, kept]).catch(() => undefined);
      }, kept / 4);
      renewal.unref();
      try {
        return await task();
      } finally {
        clearInterval(renewal);
        // What cannot be given back ends by itself.
        await this.#session.run(leave, [key], [token]).catch(() => undefined);
      }
    });
  }

  /** False where Redis cannot be reached. */
  async #enter(key: string, token: string): Promise<boolean> {
    let pause: number = pauses.least;
    for (;;) {
      try {
        if ((await this.#session.command('SET', key, token, 'NX', 'PX', kept)) !== null) return true;
      } catch (error) {
        if (error instanceof FeedUnavailableError) return false;
        throw error;
      }
      await delay(pause * (0.5 + Math.random() / 2));
      pause = Math.min(pause * 1.5, pauses.most);
    }
  }
}
