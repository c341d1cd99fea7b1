import { z } from 'zod';
import { answer } from '../answer.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { AnyValueBody, addressedResource, ObjectBody, readBody } from '../request-body.ts';
import { mutationBody } from '../shapes/record-shape.ts';
import { applyBatch, applyTagOperations } from '../state/record-batch.ts';
import type { DatadogApp, DatadogVendor } from '../vendor.ts';
import { refuseOtherId, writableDatasetOfPath } from './write-access.ts';

const Tags = z.array(z.string());
const TagOperationsBody = z.object({
  remove: Tags.optional(),
  add: Tags.optional(),
  set: Tags.optional(),
});
const Content = {
  expected_output: AnyValueBody.optional(),
  metadata: ObjectBody.nullish(),
  tag_operations: TagOperationsBody.optional(),
};
const Batch = addressedResource(
  'datasets',
  z.object({
    insert_records: z
      .array(z.object({ id: z.string().optional(), input: AnyValueBody, tags: Tags.nullish(), ...Content }))
      .nullish(),
    update_records: z
      .array(z.object({ id: z.string(), input: AnyValueBody.optional(), ...Content }))
      .nullish(),
    delete_records: z.array(z.string()).nullish(),
    tags: Tags.nullish(),
    create_new_version: z.boolean().default(true),
    deduplicate: z.boolean().optional(),
  }),
);

type BatchAttributes = z.infer<typeof Batch>['data']['attributes'];

function insertsOf({ insert_records, tags }: BatchAttributes) {
  return (insert_records ?? []).map((insert) => ({
    id: insert.id,
    input: insert.input,
    expectedOutput: insert.expected_output ?? undefined,
    metadata: insert.metadata ?? undefined,
    // Assumption: the tags of the whole batch are added to those of each inserted record.
    tags: applyTagOperations([...(insert.tags ?? []), ...(tags ?? [])], insert.tag_operations ?? { add: [] }),
  }));
}

function updatesOf({ update_records }: BatchAttributes) {
  return (update_records ?? []).map(({ id, input, expected_output, metadata, tag_operations }) => ({
    id,
    input,
    expectedOutput: expected_output,
    metadata,
    tags: tag_operations,
  }));
}

/** Inserts, updates and deletes in one operation. */
export function addBatchUpdateRoute(app: DatadogApp, vendor: DatadogVendor): void {
  const { state, switches } = vendor;

  app.post('/api/v2/llm-obs/v1/:project_id/datasets/:dataset_id/batch_update', async (context) => {
    const dataset = writableDatasetOfPath(context, vendor);
    const { id, attributes } = (await readBody(context, Batch)).data;
    refuseOtherId(dataset, id);
    const insert = insertsOf(attributes);
    const update = updatesOf(attributes);
    const remove = attributes.delete_records ?? [];
    if (insert.length + update.length + remove.length > switches.batchUpdateMaximumRecords) {
      throw new DatadogFailure(413, `more than ${switches.batchUpdateMaximumRecords} records in one batch`);
    }
    const outcome = applyBatch(
      dataset,
      {
        insert,
        update,
        remove,
        deduplicate: attributes.deduplicate ?? switches.batchUpdateDeduplicates,
        overwrite: true,
        createNewVersion: attributes.create_new_version,
      },
      context.get('caller').user.id,
      state,
    );
    return answer(context, switches.dialect, mutationBody(dataset, outcome, switches.dialect));
  });
}
