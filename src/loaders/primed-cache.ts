/**
 * What a loader remembers. A value that it is told beforehand becomes a promise only when it is asked for: of a page of
 * things nearly none is, and a promise for each costs more than all else that is remembered of it.
 */
export class PrimedCache<Key, Value> {
  readonly #promises = new Map<Key, Promise<Value>>();
  readonly #values = new Map<Key, Value>();

  /** Remembers a value, unless something is known already. */
  prime(key: Key, value: Value): void {
    if (!this.#promises.has(key) && !this.#values.has(key)) this.#values.set(key, value);
  }

  get(key: Key): Promise<Value> | undefined {
    const known = this.#promises.get(key);
    const value = known === undefined ? this.#values.get(key) : undefined;
    if (value === undefined) return known;
    const promise = Promise.resolve(value);
    this.#promises.set(key, promise);
    return promise;
  }

  set(key: Key, promise: Promise<Value>): void {
    this.#promises.set(key, promise);
  }

  delete(key: Key): void {
    this.#promises.delete(key);
    this.#values.delete(key);
  }

  clear(): void {
    this.#promises.clear();
    this.#values.clear();
  }
}
