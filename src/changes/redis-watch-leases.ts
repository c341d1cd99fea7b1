import { randomUUID } from 'node:crypto';
import type { RedisSession } from '../redis/redis-session.ts';
import { script } from '../redis/script.ts';
import type { LeaseToken } from './change-log.ts';
import type { WatchLease, WatchLeases } from './watch-leases.ts';

/**
 * Takes or renews leases. KEYS: the counter of tokens, then leases. ARGV: this instance, duration. Gives for each lease its
 * value where it is this instance's, else ''. A value is a token, which only ever grows, and whose it is.
 */
const hold = script(
  'holdWatchLeases',
  `
local given = {}
for index = 2, #KEYS do
  local value = redis.call('GET', KEYS[index])
  if not value then
    value = string.format('%.0f', redis.call('INCR', KEYS[1])) .. ' ' .. ARGV[1]
    redis.call('SET', KEYS[index], value, 'PX', ARGV[2])
    given[index - 1] = value
  elseif string.sub(value, -#ARGV[1]) == ARGV[1] then
    redis.call('PEXPIRE', KEYS[index], ARGV[2])
    given[index - 1] = value
  else
    given[index - 1] = ''
  end
end
return given
`,
);

/** KEYS: leases. ARGV: this instance. */
const letGo = script(
  'letGoWatchLeases',
  `
for index = 1, #KEYS do
  local value = redis.call('GET', KEYS[index])
  if value and string.sub(value, -#ARGV[1]) == ARGV[1] then redis.call('DEL', KEYS[index]) end
end
return 1
`,
);

/** Leases that one script takes or renews. */
const batch = 200;

interface Wanted {
  readonly key: string;
  readonly taken: () => void;
  value: string;
  /** Until when it is held for sure, by the clock of this process. Milliseconds. */
  until: number;
}

/**
 * One instance of many watches each thing. A lease that is not renewed in time is another's to take; whoever had it finds
 * out by its own clock, and what it has seen meanwhile is refused by its token. After an instance is gone, another one
 * has its leases within the duration and a third of it.
 */
export class RedisWatchLeases implements WatchLeases {
  readonly #session: RedisSession;
  readonly #duration: number;
  /** By what others know this instance. */
  readonly instance = randomUUID();
  readonly #wanted = new Set<Wanted>();
  #timer: NodeJS.Timeout | undefined;
  #isSoon = false;
  #isDisposed = false;

  /** `duration`: of a lease. Milliseconds. */
  constructor(session: RedisSession, duration: number) {
    this.#session = session;
    this.#duration = duration;
    this.#schedule(duration / 3);
  }

  want(name: string, taken: () => void): WatchLease {
    const wanted: Wanted = { key: this.#session.key(`watch:${name}`), taken, value: '', until: 0 };
    this.#wanted.add(wanted);
    if (!this.#isSoon) {
      // Those that are wanted together are asked for together.
      this.#isSoon = true;
      this.#schedule(0);
    }
    return {
      held: (): LeaseToken | undefined => {
        if (wanted.value === '' || this.#now() >= wanted.until) return undefined;
        return { key: wanted.key, token: wanted.value };
      },
      release: () => {
        this.#wanted.delete(wanted);
        this.#letGo(wanted);
      },
    };
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    const held = [...this.#wanted].filter(({ value }) => value !== '').map(({ key }) => key);
    this.#wanted.clear();
    for (let start = 0; start < held.length; start += batch) {
      // Whoever comes after need not wait for what ends by itself.
      await this.#session
        .run(letGo, held.slice(start, start + batch), [this.instance])
        .catch(() => undefined);
    }
  }

  #letGo({ key, value }: Wanted): void {
    if (value !== '') this.#session.run(letGo, [key], [this.instance]).catch(() => undefined);
  }

  #isWanted(key: string): boolean {
    for (const wanted of this.#wanted) if (wanted.key === key) return true;
    return false;
  }

  #now(): number {
    return this.#session.clock.local;
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    if (this.#isDisposed) return;
    this.#timer = setTimeout(() => {
      this.#isSoon = false;
      void this.#renew().finally(() => {
        if (!this.#isSoon) this.#schedule(this.#duration / 3);
      });
    }, delay).unref();
  }

  async #renew(): Promise<void> {
    const all = [...this.#wanted];
    for (let start = 0; start < all.length; start += batch) {
      const some = all.slice(start, start + batch);
      // From before it is asked: what Redis counts from is later.
      const until = this.#now() + this.#duration;
      const keys = [this.#session.key('tokens'), ...some.map(({ key }) => key)];
      let told: unknown;
      try {
        told = await this.#session.run(hold, keys, [this.instance, this.#duration]);
      } catch {
        // What is held goes on until it ends.
        continue;
      }
      const values = Array.isArray(told) ? told.map(String) : [];
      for (const [index, wanted] of some.entries()) {
        const value = values[index] ?? '';
        const isNew = value !== '' && value !== wanted.value;
        wanted.value = value;
        if (value !== '') wanted.until = until;
        if (this.#wanted.has(wanted)) {
          if (isNew) wanted.taken();
        } else if (!this.#isWanted(wanted.key)) {
          // It was let go while it was being asked for.
          this.#letGo(wanted);
        }
      }
    }
  }
}
