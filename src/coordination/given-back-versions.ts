/** An older version that a write was given in place of a new one. */
export interface GivenBack {
  readonly ref: string;
  /** The newest version by date when that was so. */
  readonly over: string;
}

/** Of so many resources it is remembered. */
const longestMemory = 10_000;

/**
 * Where equal content is the same version, a write may make an older version the one that counts, and no date tells.
 * What the next write is based on is remembered here, until a newer version is made.
 */
export interface GivenBackVersions {
  /** The version that counts in place of the newest by date; undefined when that one does. */
  get(resource: string, newest: string | null | undefined): Promise<string | undefined>;
  find(resource: string): Promise<GivenBack | undefined>;
  set(resource: string, given: GivenBack | undefined): Promise<void>;
}

/** Of one process: after a restart the newest by date counts again. */
export class LocalGivenBack implements GivenBackVersions {
  readonly #given = new Map<string, GivenBack>();

  async get(resource: string, newest: string | null | undefined): Promise<string | undefined> {
    const given = this.#given.get(resource);
    // One that is over may be older than what was just made: a read can be behind a write.
    return given?.over === newest ? given?.ref : undefined;
  }

  async find(resource: string): Promise<GivenBack | undefined> {
    return this.#given.get(resource);
  }

  async set(resource: string, given: GivenBack | undefined): Promise<void> {
    this.#given.delete(resource);
    if (given === undefined) return;
    this.#given.set(resource, given);
    if (this.#given.size <= longestMemory) return;
    const oldest = this.#given.keys().next().value;
    if (oldest !== undefined) this.#given.delete(oldest);
  }
}
