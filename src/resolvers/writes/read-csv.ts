import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { parse } from 'csv-parse';
import { InvalidInputError } from '../../domain/errors.ts';
import type { ItemFailure } from '../../domain/write-errors.ts';
import { CsvLines, quotesFit } from './csv-lines.ts';

/** One row of a CSV file: its cells by column, and the line that it begins on (from 1, the header is the first). */
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

/** More than a file of items has, and few enough to look for one that is there twice. */
const maxColumns = 1_000;
/** Bytes that are parsed at a time: between them others have their turn. */
const pieceSize = 65_536;

export function lineFailure(line: number, message: string): ItemFailure {
  return { path: ['file', 'line', String(line)], code: 'INVALID_INPUT', message };
}

function refuse(message: string): InvalidInputError {
  return new InvalidInputError(`The file cannot be read as CSV: ${message}.`, [
    { path: ['input', 'file'], message },
  ]);
}

function readHeader(cells: readonly string[]): readonly string[] {
  if (cells.length > maxColumns) throw refuse(`it has more than ${maxColumns} columns`);
  const columns = cells.map((cell) => cell.trim());
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (columns.includes('')) throw refuse('a column has no name in the first line');
  if (twice !== undefined) throw refuse(`the column ${JSON.stringify(twice.slice(0, 100))} is there twice`);
  return columns;
}

/** A file without the mark that some programs put before UTF-8. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return isMarked ? bytes.subarray(3) : bytes;
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceSize) {
    yield bytes.subarray(at, at + pieceSize);
    await setImmediate();
  }
}

const misplacedQuote =
  'has a quote in the wrong place: put quotes around the whole cell, and double those within it';

/**
 * Reads a CSV file (RFC 4180, UTF-8, a header line; lines may end in any way). Throws InvalidInputError where there is
 * no header to read.
 */
export async function readCsv(file: Uint8Array): Promise<CsvFile> {
  if (file.byteLength === 0) throw refuse('it is empty');
  if (!isUtf8(file)) throw refuse('it is not UTF-8');
  const bytes = withoutMark(file);
  const lines = new CsvLines(bytes);
  const rejected: ItemFailure[] = [];
  const rows: CsvRow[] = [];
  let columns: readonly string[] | undefined;
  let hasOpenEnd = false;
  const parser = Readable.from(piecesOf(bytes)).pipe(
    parse({
      info: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      // A misplaced quote is found below. Strict, the parser would take all that follows for one quoted cell.
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: () => {
        hasOpenEnd = true;
      },
    }),
  );
  for await (const entry of parser) {
    // With `info` set, csv-parse gives the record beside where it ends (its documentation).
    const { record, info } = entry as { record: string[]; info: { bytes: number } };
    const { line, raw } = lines.next(info.bytes);
    if (!quotesFit(raw)) {
      if (columns === undefined) throw refuse(`its first line ${misplacedQuote}`);
      rejected.push(lineFailure(line, misplacedQuote));
    } else if (columns === undefined) {
      columns = readHeader(record);
    } else if (record.length !== columns.length) {
      const message = `has ${record.length} cells, and the header has ${columns.length} columns`;
      rejected.push(lineFailure(line, message));
    } else {
      rows.push({
        line,
        cells: Object.fromEntries(columns.map((name, index) => [name, record[index] ?? ''])),
      });
    }
  }
  if (columns === undefined) throw refuse('it has no header line');
  if (hasOpenEnd) {
    const { line } = lines.next(bytes.byteLength);
    rejected.push(lineFailure(line, 'has a quote that is never closed, so that all after it is one cell'));
  }
  return { columns, rows, rejected };
}
