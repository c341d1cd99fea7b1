import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { InvalidInputError } from '../../domain/errors.ts';
import type { ItemFailure } from '../../domain/write-errors.ts';

/** One row of a CSV file: its cells by column, and the line that it ends on (from 1, the header is the first). */
export interface CsvRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface CsvFile {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
  /** Rows that cannot be read, by line. */
  readonly rejected: readonly ItemFailure[];
}

export function lineFailure(line: number, message: string): ItemFailure {
  return { path: ['file', 'line', String(line)], code: 'INVALID_INPUT', message };
}

function refuse(message: string): InvalidInputError {
  return new InvalidInputError(`The file cannot be read as CSV: ${message}.`, [
    { path: ['input', 'file'], message },
  ]);
}

function readHeader(cells: readonly string[]): readonly string[] {
  const columns = cells.map((cell) => cell.trim());
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (columns.includes('')) throw refuse('a column has no name in the first line');
  if (twice !== undefined) throw refuse(`the column ${JSON.stringify(twice)} is there twice`);
  return columns;
}

/** Reads a CSV file (RFC 4180, UTF-8, a header line). Throws InvalidInputError where there is no header to read. */
export async function readCsv(bytes: Uint8Array): Promise<CsvFile> {
  if (bytes.byteLength === 0) throw refuse('it is empty');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('it is not UTF-8');
  }
  const rejected: ItemFailure[] = [];
  const rows: CsvRow[] = [];
  let columns: readonly string[] | undefined;
  const parser = Readable.from([text]).pipe(
    parse({
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error: CsvError | undefined) => {
        rejected.push(lineFailure(Number(error?.['lines'] ?? 0), error?.message ?? 'cannot be read'));
      },
    }),
  );
  for await (const entry of parser) {
    // With `info` set, csv-parse gives the record beside where it stood (its documentation).
    const { record, info } = entry as { record: string[]; info: { lines: number } };
    if (columns === undefined) {
      columns = readHeader(record);
      continue;
    }
    if (record.length !== columns.length) {
      const message = `has ${record.length} cells, and the header has ${columns.length} columns`;
      rejected.push(lineFailure(info.lines, message));
      continue;
    }
    const cells: Record<string, string> = {};
    for (const [index, column] of columns.entries()) cells[column] = record[index] ?? '';
    rows.push({ line: info.lines, cells });
  }
  if (columns === undefined) throw refuse('it has no header line');
  return { columns, rows, rejected };
}
