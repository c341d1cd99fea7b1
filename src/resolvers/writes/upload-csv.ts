import { stringify } from 'csv-stringify/sync';
import type { Context } from '../../context.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import { type ItemFailure, PartialWriteError } from '../../domain/write-errors.ts';
import { UploadedFile } from '../../domain/uploaded-file.ts';
import type { DatasetWriter, VersionWritten } from '../../sources/source.ts';
import { readItems } from './csv-items.ts';
import { type CsvFile, lineFailure, readCsv } from './read-csv.ts';
import { datasetKey, datasetWriter, guardDraft, inTurn, readBase, write } from './write.ts';

export interface UploadCsvInput {
  readonly datasetId: string;
  readonly file: UploadedFile;
  readonly expectedRef?: string | null | undefined;
  readonly versionName?: string | null | undefined;
  readonly versionDescription?: string | null | undefined;
  readonly acceptPartial?: boolean | null | undefined;
}

/** A file that is read: how to write its good rows, and which rows are bad. */
interface Upload {
  readonly rejected: readonly ItemFailure[];
  readonly send: (base: string | null) => Promise<VersionWritten & { readonly addedCount: number }>;
}

/** Rows of a vendor's own form: every cell goes to the vendor as it is, but a `messages` cell has to be JSON. */
function checkOwnRows(file: CsvFile): { readonly good: CsvFile['rows']; readonly rejected: readonly ItemFailure[] } {
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
      ? input.file.bytes
      : Buffer.from(stringify([file.columns, ...good.map((row) => file.columns.map((name) => row.cells[name]))]));
  const version = { name: input.versionName ?? undefined, description: input.versionDescription ?? undefined };
  return { rejected, send: (base) => send(dataset, new UploadedFile(input.file.name, bytes), base, version) };
}

/** Says lines of the file where a writer says places in a list. */
function byLine(error: unknown, lines: readonly number[]): unknown {
  if (!(error instanceof PartialWriteError)) return error;
  const failures = error.partial.failures.map((failure) => {
    const [list, index] = failure.path;
    const line = list === 'add' ? lines[Number(index)] : undefined;
    return line === undefined ? failure : { ...failure, path: ['file', 'line', String(line)] };
  });
  return new PartialWriteError({ ...error.partial, failures });
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
  const { items, lines, rejected } = readItems(file);
  return {
    rejected,
    send: async (base) => {
      try {
        return await writer.editItems(dataset, { add: items, update: [], remove: [] }, base);
      } catch (error) {
        throw byLine(error, lines);
      }
    },
  };
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
    const { rejected } = upload;
    const goodCount = file.rows.length + file.rejected.length - rejected.length;
    if (goodCount === 0 || (rejected.length > 0 && input.acceptPartial !== true)) {
      throw new InvalidInputError(
        goodCount === 0
          ? 'The file has no row that can be written. Nothing was written.'
          : `${rejected.length} of ${file.rows.length + file.rejected.length} rows cannot be written, so none was. Mend them, or set \`acceptPartial\` to write the others.`,
        rejected.slice(0, 100).map(({ path, message }) => ({ path: ['input', ...path], message })),
      );
    }
    return inTurn(context, dataset, async () => {
      await guardDraft(context, dataset);
      const base = await readBase(context, dataset, input.expectedRef);
      return { dataset, rejected, ...(await upload.send(base)) };
    });
  });
}
