import { builder, type SchemaTypes } from '../builder.ts';

/** The fields of an item that can be written. */
function itemContentFields(t: PothosSchemaTypes.InputFieldBuilder<SchemaTypes, 'InputObject'>) {
  return {
    input: t.field({ type: 'JSON', description: 'What goes into the application under evaluation.' }),
    expectedOutput: t.field({ type: 'JSON', description: 'What should come out.' }),
    messages: t.field({ type: 'JSON', description: 'Chat messages (Humanloop).' }),
    metadata: t.field({ type: 'JSON', description: 'Free metadata (Datadog, PostHog).' }),
    tags: t.stringList({ description: 'Tags (Datadog).' }),
    sourceTraceId: t.string({ description: 'The trace that it is made from (PostHog).' }),
    sourceId: t.string({ description: 'What within the trace it is made from (PostHog).' }),
    sourceTimestamp: t.field({ type: 'DateTime', description: 'When that happened (PostHog).' }),
  };
}

export const DatasetItemInput = builder.inputType('DatasetItemInput', {
  description: 'A new item. A field that the vendor cannot keep is refused, never dropped.',
  fields: (t) => itemContentFields(t),
});

export const DatasetItemPatchInput = builder.inputType('DatasetItemPatch', {
  description: 'A change of an item. Left out: as it is. Null: cleared, where the vendor can.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The item, read through a version or not.' }),
    ...itemContentFields(t),
    deleted: t.boolean({ description: '`false` brings a deleted item back (PostHog).' }),
    datasetId: t.id({ description: 'Moves it to this dataset (PostHog).' }),
  }),
});
