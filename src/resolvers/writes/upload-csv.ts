import type { Context } from '../../context.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import { UploadedFile } from '../../domain/uploaded-file.ts';
import { type ItemFailure, PartialWriteError } from '../../domain/write-errors.ts';
import type { DatasetWriter, ItemContent, VersionWritten } from '../../sources/source.ts';
import { readItems, writeRows } from './csv-items.ts';
import { writeOnBase } from './published.ts';
import { type CsvFile, lineFailure, readCsv, withoutMark } from './read-csv.ts';
import { datasetKey, datasetWriter, write } from './write.ts';

export interface UploadCsvInput {
  readonly datasetId: string;
  readonly file: UploadedFile;
  readonly expectedRef?: string | null | undefined;
  readonly versionName?: string | null | undefined;
  readonly versionDescription?: string | null | undefined;
  readonly acceptPartial?: boolean | null | undefined;
}

/** What became of the rows that were sent, and those that the vendor refused. */
type Sent = VersionWritten & { readonly addedCount: number; readonly refused: readonly ItemFailure[] };

/** A file that is read: how to write its good rows, and which rows are bad. */
interface Upload {
  readonly rejected: readonly ItemFailure[];
  readonly send: (base: string | null) => Promise<Sent>;
}

/** Rows of a vendor's own form: every cell goes to the vendor as it is, but a `messages` cell has to be JSON. */
function checkOwnRows(file: CsvFile): {
  readonly good: CsvFile['rows'];
  readonly rejected: readonly ItemFailure[];
} {
  const rejected = [...file.rejected];
  const good = file.rows.filter(({ line, cells }) => {
    const messages = cells['messages'];
    if (messages === undefined || messages === '') return true;
    try {
      if (Array.isArray(JSON.parse(messages))) return true;
    } catch {
      // Said below, as for JSON that is no list.
    }
    rejected.push(lineFailure(line, '`messages` must be a JSON list of chat messages'));
    return false;
  });
  return { good, rejected };
}

function ownUpload(
  send: NonNullable<DatasetWriter['uploadCsv']>,
  dataset: ResourceKey<'DATASET'>,
  input: UploadCsvInput,
  file: CsvFile,
): Upload {
  const { good, rejected } = checkOwnRows(file);
  // A file without a fault goes as it came.
  const bytes =
    rejected.length === 0
      ? withoutMark(input.file.bytes)
      : Buffer.from(
          writeRows([file.columns, ...good.map((row) => file.columns.map((name) => row.cells[name] ?? ''))]),
        );
  const version = {
    name: input.versionName ?? undefined,
    description: input.versionDescription ?? undefined,
  };
  return {
    rejected,
    send: async (base) => ({
      ...(await send(dataset, new UploadedFile(input.file.name, bytes), base, version)),
      refused: [],
    }),
  };
}

/** A row to add, and the line that it begins on. */
interface Line {
  readonly line: number;
  readonly item: ItemContent;
}

/** Says lines of the file where a writer says places in a list. */
function byLine(error: unknown, rows: readonly Line[]): unknown {
  const move = <Placed extends { readonly path: readonly string[] }>(placed: Placed): Placed => {
    const [list, index, ...rest] = placed.path;
    const row = list === 'add' ? rows[Number(index)] : undefined;
    return row === undefined ? placed : { ...placed, path: ['file', 'line', String(row.line), ...rest] };
  };
  if (error instanceof PartialWriteError) {
    return new PartialWriteError({ ...error.partial, failures: error.partial.failures.map(move) });
  }
  if (!(error instanceof InvalidInputError)) return error;
  return new InvalidInputError(error.message, error.issues.map(move));
}

/** The rows that a writer refused, each by its index, and why. Nothing was written then. */
function refusedRows(error: unknown): ReadonlyMap<number, string> {
  const refused = new Map<number, string>();
  if (!(error instanceof InvalidInputError)) return refused;
  for (const { path, message } of error.issues) {
    const [list, index, field] = path;
    if (list !== 'add' || index === undefined) return new Map();
    refused.set(Number(index), field === undefined ? message : `\`${field}\` ${message}`);
  }
  return refused;
}

/** Adds rows; those that the vendor refuses are left out where that is asked for. */
async function addRows(
  writer: DatasetWriter,
  dataset: ResourceKey<'DATASET'>,
  rows: readonly Line[],
  base: string | null,
  acceptPartial: boolean,
): Promise<Sent> {
  const edit = { add: rows.map(({ item }) => item), update: [], remove: [] };
  try {
    return { ...(await writer.editItems(dataset, edit, base)), refused: [] };
  } catch (error) {
    const refused = acceptPartial ? refusedRows(error) : new Map<number, string>();
    const good = rows.filter((_, index) => !refused.has(index));
    if (refused.size === 0 || good.length === 0) throw byLine(error, rows);
    const sent = await addRows(writer, dataset, good, base, true);
    const failures = rows.flatMap(({ line }, index) => {
      const message = refused.get(index);
      return message === undefined ? [] : [lineFailure(line, message)];
    });
    return { ...sent, refused: [...sent.refused, ...failures] };
  }
}

function itemUpload(
  writer: DatasetWriter,
  dataset: ResourceKey<'DATASET'>,
  input: UploadCsvInput,
  file: CsvFile,
): Upload {
  for (const name of ['versionName', 'versionDescription'] as const) {
    if (input[name] === null || input[name] === undefined) continue;
    throw new InvalidInputError(`Versions of this vendor have no names: leave out \`${name}\`.`, [
      { path: ['input', name], message: 'cannot be kept by this vendor' },
    ]);
  }
  const { rows, rejected } = readItems(file);
  return { rejected, send: (base) => addRows(writer, dataset, rows, base, input.acceptPartial === true) };
}

function lineOf({ path }: ItemFailure): number {
  return Number(path[2]);
}

/** Adds the rows of a CSV file. With bad rows nothing is written, unless the good ones are asked for. */
export function uploadCsv(context: Context, input: UploadCsvInput) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const writer = datasetWriter(context, dataset, 'uploads of CSV', (all) => all);
    const file = await readCsv(input.file.bytes);
    const upload =
      writer.uploadCsv === undefined
        ? itemUpload(writer, dataset, input, file)
        : ownUpload(writer.uploadCsv, dataset, input, file);
    const rejected = upload.rejected.toSorted((a, b) => lineOf(a) - lineOf(b));
    const goodCount = file.rows.length + file.rejected.length - rejected.length;
    if (goodCount === 0 || (rejected.length > 0 && input.acceptPartial !== true)) {
      throw new InvalidInputError(
        goodCount === 0
          ? 'The file has no row that can be written. Nothing was written.'
          : `${rejected.length} of ${file.rows.length + file.rejected.length} rows cannot be written, so none was. Mend them, or set \`acceptPartial\` to write the others.`,
        rejected.slice(0, 100).map(({ path, message }) => ({ path: ['input', ...path], message })),
      );
    }
    return writeOnBase(context, dataset, input.expectedRef, async (base) => {
      const { refused, ...written } = await upload.send(base);
      const left = [...rejected, ...refused].sort((a, b) => lineOf(a) - lineOf(b));
      return { ...written, rejected: left };
    });
  });
}
