import { stringify } from 'csv-stringify/sync';
import { InvalidInputError } from '../../domain/errors.ts';
import { parseInstant } from '../../domain/instant.ts';
import { isShallow, type Json } from '../../domain/json.ts';
import type { ItemFailure } from '../../domain/write-errors.ts';
import type { ItemContent } from '../../sources/source.ts';
import { type CsvFile, type CsvRow, lineFailure } from './read-csv.ts';

/** The columns of a CSV of items, as the export writes them. `id` is not taken over: new items have new ids. */
export const csvColumns = [
  'id',
  'input',
  'expected_output',
  'messages',
  'metadata',
  'tags',
  'source_trace_id',
  'source_id',
  'source_timestamp',
] as const;
export type CsvColumn = (typeof csvColumns)[number];

/** Whether a number is what its text says: one with more digits than a number holds is not. */
function isExact(value: number, text: string): boolean {
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/[^\d]/g, '')
    .replace(/^0+|0+$/g, '');
  const isKept = digits.length <= 15 && Number.isFinite(value) && (value !== 0 || digits === '');
  return isKept || String(value) === text;
}

/** Rows as CSV. A lone carriage return ends a line for many readers, so it stands within quotes as a line feed does. */
export function writeRows(rows: readonly (readonly string[])[]): string {
  return stringify([...rows], { quoted_match: /\r/ });
}

/** A cell is JSON where it reads as such, without loss, and text where it does not; empty is not given. */
export function readCell(cell: string): Json | undefined {
  if (cell === '') return undefined;
  try {
    const value: Json = JSON.parse(cell);
    const isKept = typeof value === 'number' ? isExact(value, cell) : isShallow(value);
    return isKept ? value : cell;
  } catch {
    return cell;
  }
}

/** The cell that {@link readCell} gives the value back from. */
export function writeCell(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  const readsAsText = value !== '' && readCell(value) === value && !isJson(value);
  return readsAsText ? value : JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readTags(cell: string): readonly string[] | undefined {
  const value = readCell(cell);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((tag) => typeof tag === 'string')) return value;
  const text = typeof value === 'string' ? value : cell;
  if (typeof value !== 'object') return text.split(',').map((tag) => tag.trim());
  throw new TypeError('`tags` must be a JSON list of texts, or texts separated by commas');
}

function readRow({ cells }: CsvRow): ItemContent {
  const text = (column: CsvColumn): string | undefined => (cells[column] === '' ? undefined : cells[column]);
  const input = readCell(cells['input'] ?? '');
  if (input === undefined) throw new TypeError('`input` is empty');
  const timestamp = text('source_timestamp');
  const sourceTimestamp = timestamp === undefined ? undefined : parseInstant(timestamp);
  if (timestamp !== undefined && sourceTimestamp === undefined) {
    throw new TypeError('`source_timestamp` must be an ISO 8601 instant');
  }
  return {
    input,
    expectedOutput: readCell(cells['expected_output'] ?? ''),
    messages: readCell(cells['messages'] ?? ''),
    metadata: readCell(cells['metadata'] ?? ''),
    tags: readTags(cells['tags'] ?? ''),
    sourceTraceId: text('source_trace_id'),
    sourceId: text('source_id'),
    sourceTimestamp,
  };
}

/** Items of the rows, each with its line, and the rows that are none. Throws InvalidInputError for a wrong header. */
export function readItems(file: CsvFile): {
  readonly rows: readonly { readonly line: number; readonly item: ItemContent }[];
  readonly rejected: readonly ItemFailure[];
} {
  const known: ReadonlySet<string> = new Set(csvColumns);
  const unknown = file.columns.filter((column) => !known.has(column));
  if (unknown.length > 0 || !file.columns.includes('input')) {
    const message =
      unknown.length > 0
        ? `unknown columns: ${unknown.join(', ').slice(0, 200)}`
        : 'there is no column `input`';
    throw new InvalidInputError(`The file has ${message}. Its columns can be ${csvColumns.join(', ')}.`, [
      { path: ['input', 'file'], message },
    ]);
  }
  const rows: { readonly line: number; readonly item: ItemContent }[] = [];
  const rejected = [...file.rejected];
  for (const row of file.rows) {
    try {
      rows.push({ line: row.line, item: readRow(row) });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      rejected.push(lineFailure(row.line, error.message));
    }
  }
  return { rows, rejected };
}
