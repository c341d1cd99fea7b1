import { invalid, ValidationFailure } from './api-error.ts';
import type { Call } from './call.ts';
import { parseUuid } from './fields.ts';

// Readers of list filters (public source of django-filter): blanks around a value are stripped, and an empty
// value switches the filter off. Even an empty list does: `trace_id__in=` lists everything.

export function textFilter(call: Call, name: string): string | undefined {
  return call.query[name]?.trim() || undefined;
}

export function listFilter(call: Call, name: string): readonly string[] | undefined {
  return textFilter(call, name)
    ?.split(',')
    .map((part) => part.trim());
}

export function uuidFilter(call: Call, name: string): string | undefined {
  const text = textFilter(call, name);
  return text === undefined ? undefined : uuidOf(text, name);
}

export function uuidListFilter(call: Call, name: string): readonly string[] | undefined {
  return listFilter(call, name)?.map((text) => uuidOf(text, name));
}

function uuidOf(text: string, name: string): string {
  const uuid = parseUuid(text);
  if (uuid === undefined) throw invalid(name, 'Enter a valid UUID.');
  return uuid;
}

/** Anything that is neither true nor false switches the filter off. */
export function booleanFilter(call: Call, name: string): boolean | undefined {
  switch (call.query[name]?.toLowerCase()) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      return undefined;
  }
}

export function choiceFilter<Choice extends string>(
  call: Call,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textFilter(call, name);
  if (text === undefined) return undefined;
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw unknownChoice(name, text);
  return choice;
}

export function unknownChoice(name: string, text: string): ValidationFailure {
  const detail = `Select a valid choice. ${text} is not one of the available choices.`;
  return new ValidationFailure(name, 'invalid_choice', detail);
}

export function contains(text: string | null, search: string): boolean {
  return text?.toLowerCase().includes(search.toLowerCase()) ?? false;
}

type SortKey = string | number;

function compareKeys(left: SortKey, right: SortKey): number {
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

/** Sorted by one key; equal ones keep their order. */
export function sortedBy<Row>(rows: readonly Row[], key: (row: Row) => SortKey, descending = false): Row[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((left, right) => sign * compareKeys(key(left), key(right)));
}

/** The rows in the order that `order_by` asks for (several keys, comma separated), else in the given default. */
export function ordered<Row>(
  call: Call,
  rows: readonly Row[],
  keys: Readonly<Record<string, (row: Row) => SortKey>>,
): Row[] {
  const steps = (listFilter(call, 'order_by') ?? []).map((text) => {
    const key = Object.hasOwn(keys, text.replace(/^-/, '')) ? keys[text.replace(/^-/, '')] : undefined;
    if (key === undefined) throw unknownChoice('order_by', text);
    return { key, descending: text.startsWith('-') };
  });
  return steps.reduceRight<Row[]>(
    (sorted, { key, descending }) => sortedBy(sorted, key, descending),
    [...rows],
  );
}
