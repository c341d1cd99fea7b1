import type { LockstepError } from '../../domain/errors.ts';
import { cursorPages } from './cursor-pages.ts';
import { failureOf } from './failures.ts';
import { lookupPages } from './limits.ts';
import type { VendorCursorPage } from './schema.ts';

export interface LookupOptions<T> {
  readonly ids: Iterable<string>;
  /** Reads the one of that id. */
  readonly one: (id: string) => Promise<VendorCursorPage<T>>;
  /** Reads the list that all of them are in. */
  readonly page: (cursor: string | undefined) => Promise<VendorCursorPage<T>>;
}

/**
 * Looks for rows by id in as few requests as it can where a filter takes one id only: one id is asked for by
 * itself; of several, the list is read on while a page of it can still spare requests, and what is left then is
 * asked for one by one, side by side. An id that is not in the result does not exist.
 */
export async function lookUp<T extends { readonly id: string }>(
  options: LookupOptions<T>,
): Promise<ReadonlyMap<string, T | LockstepError>> {
  const missing = new Set(options.ids);
  const found = new Map<string, T | LockstepError>();

  function take(page: VendorCursorPage<T>): void {
    for (const { value } of page.good) if (missing.delete(value.id)) found.set(value.id, value);
    page.bad.forEach(({ id }, index) => {
      const fault = page.faults[index];
      if (id !== undefined && fault !== undefined && missing.delete(id)) found.set(id, fault);
    });
  }

  /** True when the list holds no more of them. */
  async function readList(): Promise<boolean> {
    const most = Math.min(lookupPages, missing.size);
    let pages = 0;
    let nameless = false;
    for await (const page of cursorPages(options.page)) {
      take(page);
      pages += 1;
      nameless ||= page.bad.some(({ id }) => id === undefined);
      if (missing.size === 0) return true;
      if (page.after !== undefined && (missing.size === 1 || pages >= most)) return false;
    }
    // A row whose id cannot be read may be any of them.
    return !nameless;
  }

  async function readOne(id: string): Promise<void> {
    try {
      const page = await options.one(id);
      take(page);
      const [fault] = page.faults;
      if (missing.has(id) && fault !== undefined) found.set(id, fault);
    } catch (error) {
      found.set(id, failureOf(error));
    }
  }

  if (missing.size > 1) {
    try {
      if (await readList()) return found;
    } catch (error) {
      const failure = failureOf(error);
      for (const id of missing) found.set(id, failure);
      return found;
    }
  }
  await Promise.all([...missing].map(readOne));
  return found;
}
