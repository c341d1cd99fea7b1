import { Readable } from 'node:stream';
import { isAnyValue, isJsonObject, type Json } from '../any-value.ts';
import { readCsv } from '../csv.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import type { Dataset } from '../state/model.ts';
import { applyBatch, type RecordInsert } from '../state/record-batch.ts';
import type { DatadogApp, DatadogContext, DatadogVendor } from '../vendor.ts';
import { writableDatasetOfPath } from './write-access.ts';

/** How many records lie between two `progress` events. Assumption; no stream of this endpoint is recorded. */
const progressStep = 100;

function parseCell(cell: string): Json {
  try {
    const value: unknown = JSON.parse(cell);
    return isAnyValue(value) ? value : cell;
  } catch {
    return cell;
  }
}

function parseTags(cell: string): string[] {
  const value = parseCell(cell);
  if (Array.isArray(value)) return value.map(String);
  return cell.split(',').flatMap((tag) => tag.trim() || []);
}

function insertsOf(csv: string, tags: readonly string[]): RecordInsert[] {
  const [head = [], ...rows] = readCsv(csv.replace(/^\uFEFF/, ''));
  const column = (row: string[], name: string): string => row[head.indexOf(name)] ?? '';
  if (!head.includes('input')) throw new Error('the CSV file has no input column');
  return rows.map((row) => {
    const metadata = parseCell(column(row, 'metadata'));
    const expected = column(row, 'expected_output');
    return {
      id: column(row, 'id') || undefined,
      input: parseCell(column(row, 'input')),
      expectedOutput: expected === '' ? undefined : parseCell(expected),
      metadata: isJsonObject(metadata) ? metadata : undefined,
      tags: [...new Set([...parseTags(column(row, 'tags')), ...tags])],
    };
  });
}

function serverSentEvent(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function flag(context: DatadogContext, name: string, otherwise: boolean): boolean {
  const value = context.req.query(name)?.toLowerCase();
  return value === undefined ? otherwise : value === 'true';
}

/**
 * Takes records from a CSV file and answers with a stream of events. A file that cannot be read is an `error` event
 * in a 200 stream (spec). Assumption: the whole file makes one version.
 */
export function addUploadRoute(app: DatadogApp, vendor: DatadogVendor): void {
  const path = '/api/v2/llm-obs/v2/:project_id/datasets/:dataset_id/records/upload';

  function events(context: DatadogContext, dataset: Dataset, csv: string): string[] {
    try {
      const insert = insertsOf(csv, context.req.queries('tags') ?? []);
      const rules = {
        deduplicate: flag(context, 'deduplicate', false),
        overwrite: flag(context, 'overwrite', true),
        createNewVersion: true,
      };
      const author = context.get('caller').user.id;
      const { createdCount } = applyBatch(dataset, { insert, ...rules }, author, vendor.state);
      const steps = Array.from({ length: Math.ceil(insert.length / progressStep) }, (_none, step) =>
        serverSentEvent('progress', { records_written: Math.min((step + 1) * progressStep, insert.length) }),
      );
      return [...steps, serverSentEvent('completed', { records_created: createdCount })];
    } catch (error) {
      return [serverSentEvent('error', { message: error instanceof Error ? error.message : 'unknown' })];
    }
  }

  app.post(path, async (context) => {
    const dataset = writableDatasetOfPath(context, vendor);
    const form = await context.req.formData().catch(() => undefined);
    const file = form?.get('file');
    if (!(file instanceof File)) {
      throw new DatadogFailure(400, 'the request must be multipart/form-data with one part named "file"');
    }
    const stream = Readable.toWeb(
      Readable.from(events(context, dataset, await file.text()), { objectMode: false }),
    );
    // The DOM's and Node's declarations of the same stream class differ.
    return context.body(stream as ReadableStream, 200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
    });
  });
}
