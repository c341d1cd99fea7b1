import type { DatadogSwitches } from '../switches.ts';
import type { DatadogContext } from '../vendor.ts';

/**
 * Keeps what `filter[id]` and `filter[name]` ask for. Each is a single text (spec); assumption: of a repeated one
 * the first counts. Asking for something that is not there is an empty list (recorded), not an error.
 */
export function filterByIdAndName<T extends { readonly id: string; readonly name: string }>(
  context: DatadogContext,
  items: Iterable<T>,
  switches: DatadogSwitches,
): T[] {
  const id = context.req.query('filter[id]');
  const name = context.req.query('filter[name]');
  const named = (item: T): boolean =>
    name === undefined || (switches.nameFilter === 'exact' ? item.name === name : item.name.includes(name));
  return [...items].filter((item) => (id === undefined || item.id === id) && named(item));
}
