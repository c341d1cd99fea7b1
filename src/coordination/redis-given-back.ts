import { z } from 'zod';
import { FeedUnavailableError } from '../domain/errors.ts';
import type { RedisSession } from '../redis/redis-session.ts';
import { type GivenBack, type GivenBackVersions, LocalGivenBack } from './given-back-versions.ts';

/** For so long it is remembered. Milliseconds. */
const remembered = 30 * 86_400_000;

const Written = z.object({ ref: z.string(), over: z.string() });

/** Of all instances; while Redis cannot be reached, what this one has written. */
export class RedisGivenBack implements GivenBackVersions {
  readonly #session: RedisSession;
  readonly #local = new LocalGivenBack();

  constructor(session: RedisSession) {
    this.#session = session;
  }

  async get(resource: string, newest: string | null | undefined): Promise<string | undefined> {
    const given = await this.find(resource);
    return given?.over === newest ? given?.ref : undefined;
  }

  async find(resource: string): Promise<GivenBack | undefined> {
    try {
      const json = await this.#session.command('GET', this.#key(resource));
      return typeof json === 'string' ? Written.safeParse(JSON.parse(json)).data : undefined;
    } catch (error) {
      if (error instanceof FeedUnavailableError) return this.#local.find(resource);
      throw error;
    }
  }

  async set(resource: string, given: GivenBack | undefined): Promise<void> {
    await this.#local.set(resource, given);
    try {
      if (given === undefined) await this.#session.command('DEL', this.#key(resource));
      else {
        await this.#session.command('SET', this.#key(resource), JSON.stringify(given), 'PX', remembered);
      }
    } catch (error) {
      if (!(error instanceof FeedUnavailableError)) throw error;
    }
  }

  #key(resource: string): string {
    return this.#session.key(`given:${resource}`);
  }
}
