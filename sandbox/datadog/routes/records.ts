import { z } from 'zod';
import { answer, cursorMeta } from '../answer.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { cutPage, readPageWish } from '../page-cursor.ts';
import { AnyValueBody, ObjectBody, readBody, resource } from '../request-body.ts';
import { mutationBody, recordList } from '../shapes/record-shape.ts';
import { recordsAt, versionAt } from '../state/dataset-versions.ts';
import { applyBatch } from '../state/record-batch.ts';
import type { DatadogApp, DatadogVendor } from '../vendor.ts';
import { datasetOfPath, writableDatasetOfPath } from './write-access.ts';

const Appended = resource(
  'records',
  z.object({
    deduplicate: z.boolean().default(true),
    records: z.array(
      z.object({
        input: AnyValueBody,
        expected_output: AnyValueBody.optional(),
        metadata: ObjectBody.nullish(),
      }),
    ),
  }),
);
const Updated = resource(
  'records',
  z.object({
    records: z.array(
      z.object({
        id: z.string(),
        input: AnyValueBody.optional(),
        expected_output: AnyValueBody.optional(),
        metadata: ObjectBody.nullish(),
      }),
    ),
  }),
);
const Deleted = resource('records', z.object({ record_ids: z.array(z.string()) }));

/** The records of a dataset. */
export function addRecordRoutes(app: DatadogApp, vendor: DatadogVendor): void {
  const { state, switches } = vendor;
  const path = '/api/v2/llm-obs/v1/:project_id/datasets/:dataset_id/records';
  const rules = { deduplicate: false, overwrite: true, createNewVersion: true };

  // First-party code drops `filter[version]` on later pages, so a cursor keeps the version it began with.
  // Assumption: it does so for the current version too. `filter[tags]` is undocumented and matches any (recorded).
  app.get(path, (context) => {
    const dataset = datasetOfPath(context, vendor);
    const wish = readPageWish(context, dataset.id, switches);
    const asked = context.req.query('filter[version]');
    const number = asked === undefined ? (wish.cursor?.version ?? dataset.currentVersion) : Number(asked);
    const { records } = versionAt(dataset, number);
    const tags = context.req.queries('filter[tags]') ?? [];
    const tagged =
      tags.length === 0 ? records : records.filter((record) => record.tags.some((tag) => tags.includes(tag)));
    const { items, after } = cutPage(tagged, wish, dataset.id, number);
    const data = recordList(dataset, items, switches.dialect);
    return answer(context, switches.dialect, { data, ...cursorMeta(after, switches) });
  });

  // Assumptions: 201 if anything was added, 200 if all were duplicates, whose present records are given back.
  app.post(path, async (context) => {
    const dataset = writableDatasetOfPath(context, vendor);
    const { deduplicate, records } = (await readBody(context, Appended)).data.attributes;
    const insert = records.map(({ input, expected_output, metadata }) => ({
      input,
      expectedOutput: expected_output ?? undefined,
      metadata: metadata ?? undefined,
    }));
    const author = context.get('caller').user.id;
    const outcome = applyBatch(dataset, { ...rules, insert, deduplicate }, author, state);
    const status = outcome.createdCount > 0 && switches.dialect === 'spec' ? 201 : 200;
    return answer(context, switches.dialect, mutationBody(dataset, outcome, switches.dialect), status);
  });

  app.patch(path, async (context) => {
    const dataset = writableDatasetOfPath(context, vendor);
    const { records } = (await readBody(context, Updated)).data.attributes;
    const update = records.map(({ id, input, expected_output, metadata }) => ({
      id,
      input,
      expectedOutput: expected_output,
      metadata,
    }));
    const outcome = applyBatch(dataset, { ...rules, update }, context.get('caller').user.id, state);
    return answer(context, switches.dialect, mutationBody(dataset, outcome, switches.dialect));
  });

  app.post(`${path}/delete`, async (context) => {
    const dataset = writableDatasetOfPath(context, vendor);
    const remove = (await readBody(context, Deleted)).data.attributes.record_ids;
    const there = new Set(recordsAt(dataset, dataset.currentVersion).map(({ id }) => id));
    const unknown = remove.find((id) => !there.has(id));
    if (unknown !== undefined && switches.deleteUnknown === '404') {
      throw new DatadogFailure(404, `record not found: ${unknown}`);
    }
    applyBatch(dataset, { ...rules, remove }, context.get('caller').user.id, state);
    return context.body(null, 204);
  });
}
