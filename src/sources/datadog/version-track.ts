export interface WrittenBatch {
  /** Whether it was asked to make a version. */
  readonly asNew: boolean;
  /** Whether what it changes makes a version at all: metadata alone does not (Datadog's documentation). */
  readonly makesVersion: boolean;
  /** The version that its answer tells. */
  readonly told: number | undefined;
  /** The newest version as it was read after it, where the answer tells none. */
  readonly seen: number | undefined;
}

/**
 * Follows the versions of a dataset through several batches, so that a batch goes on in the version that the first
 * one made only while nobody else has made another, and so that somebody else's is noticed.
 */
export class VersionTrack {
  /** The newest version known of. */
  #newest: number;
  /** The version that we made and may go on in while it is the newest. */
  #ours: number | undefined;
  /** The version that holds what was written, where it is known. */
  #place: number | undefined;
  #concurrent: number | undefined;

  constructor(base: number) {
    this.#newest = base;
  }

  /** Whether the next batch has to make a version. */
  get needsNew(): boolean {
    return this.#ours === undefined;
  }

  get versionRef(): string | null {
    return this.#place === undefined ? null : String(this.#place);
  }

  get concurrentRef(): string | null {
    return this.#concurrent === undefined ? null : String(this.#concurrent);
  }

  /** The newest version as it was read before the next batch; undefined where it could not be. */
  looked(newest: number | undefined): void {
    if (newest === undefined) this.#ours = undefined;
    else if (newest > this.#newest) this.#meet(newest, newest);
  }

  wrote({ asNew, makesVersion, told, seen }: WrittenBatch): void {
    const version = told ?? seen;
    if (version === undefined) {
      // Made, but which one it is nobody tells.
      this.#ours = undefined;
      this.#place = undefined;
      return;
    }
    const expected = asNew && makesVersion ? this.#newest + 1 : this.#newest;
    if (version > expected) {
      // Told, it is ours, and the one before it is not. Read, either of the two may be.
      const isOurs = told !== undefined && asNew && makesVersion;
      this.#meet(version, isOurs ? version - 1 : version);
      if (isOurs) this.#ours = version;
      this.#place = this.#ours;
      return;
    }
    const isMade = asNew && makesVersion && version === expected;
    this.#newest = Math.max(this.#newest, version);
    if (isMade) this.#ours = version;
    // What makes no version is written into the newest one, which may be somebody else's; where one was to be made
    // and a read shows none, either nothing changed or the read is behind.
    const isOurs = this.#ours !== undefined || this.#concurrent === undefined;
    const isSure = isMade || !asNew || !makesVersion || told !== undefined;
    this.#place = isOurs && isSure ? version : undefined;
  }

  #meet(newest: number, concurrent: number): void {
    this.#newest = newest;
    this.#concurrent = concurrent;
    this.#ours = undefined;
  }
}
