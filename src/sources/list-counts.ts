import type { Source } from './source.ts';

/** In how many lists the datasets of an account were last seen to be; the newest 1,000 accounts. */
export class ListCounts<Key> {
  static readonly limit = 1_000;
  readonly #known = new Map<Key, number>();

  get(account: Key): number | undefined {
    return this.#known.get(account);
  }

  /** A source that tells of it whenever all datasets are listed. */
  counting(account: Key, source: Source): Source {
    const { datasets } = source;
    if (datasets === undefined) return source;
    return {
      ...source,
      datasets: {
        ...datasets,
        listDatasets: async (filter, order) => {
          const lists = await datasets.listDatasets(filter, order);
          if (filter.projects === undefined) this.#learn(account, lists.length);
          return lists;
        },
      },
    };
  }

  #learn(account: Key, count: number): void {
    this.#known.delete(account);
    this.#known.set(account, count);
    if (this.#known.size <= ListCounts.limit) return;
    const oldest = this.#known.keys().next().value;
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
