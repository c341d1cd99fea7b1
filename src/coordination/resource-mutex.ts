/** Lets one writer at a time at a resource. */
export interface ResourceMutex {
  run<T>(resource: string, task: () => Promise<T>): Promise<T>;
}

/** Among the writers of one process, in the order they came. Holds nothing for resources that nobody writes. */
export class LocalMutex implements ResourceMutex {
  readonly #tails = new Map<string, Promise<unknown>>();

  async run<T>(resource: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(resource) ?? Promise.resolve();
    // The one before has its own caller, who sees its failure.
    const turn = before.then(task, task);
    const tail = turn.catch(() => undefined);
    this.#tails.set(resource, tail);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(resource) === tail) this.#tails.delete(resource);
    }
  }
}
