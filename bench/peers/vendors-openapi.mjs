/** The part of the vendors' APIs that the benchmark asks for, as OpenAPI documents for Hive Gateway. */

const text = { type: 'string' };
const number = { type: 'integer' };
const anything = {};
const object = (title, properties) => ({ type: 'object', title, properties });
const list = (items) => ({ type: 'array', items });

const person = object('DatadogPerson', { id: text, name: text, email: text });
const datadogDataset = object('DatadogDataset', {
  id: text,
  attributes: object('DatadogDatasetAttributes', {
    name: text,
    description: text,
    metadata: anything,
    current_version: number,
    created_at: text,
    updated_at: text,
    author: person,
  }),
});
const datadogDraft = object('DatadogDraft', {
  data: object('DatadogDraftData', {
    attributes: object('DatadogDraftAttributes', { drafting_since: text, user: person }),
  }),
});
const humanloopDataset = object('HumanloopDataset', {
  id: text,
  name: text,
  description: text,
  version_id: text,
  version_name: text,
  created_at: text,
  updated_at: text,
  created_by: object('HumanloopUser', { id: text, full_name: text, email_address: text }),
  datapoints_count: number,
});
const posthogDataset = object('PostHogDataset', {
  id: text,
  name: text,
  description: text,
  metadata: anything,
  created_at: text,
  updated_at: text,
  created_by: object('PostHogUser', { id: number, first_name: text, last_name: text, email: text }),
});

const inPath = (name) => ({ name, in: 'path', required: true, schema: text });
const inQuery = (name, schema = text) => ({ name, in: 'query', schema });

function get(operationId, parameters, answer) {
  const content = { 'application/json': { schema: answer } };
  return { get: { operationId, parameters, responses: { 200: { description: 'It.', content } } } };
}

const documentOf = (title, paths) => ({ openapi: '3.0.3', info: { title, version: '1' }, paths });

export const datadog = documentOf('Datadog', {
  '/api/v2/llm-obs/v1/{project}/datasets': get(
    'datadogDatasets',
    [inPath('project'), inQuery('page[limit]', number)],
    object('DatadogDatasets', {
      data: list(datadogDataset),
      meta: object('DatadogMeta', { after: text }),
    }),
  ),
  '/api/v2/llm-obs/v1/{project}/datasets/{id}/draft_state': get(
    'datadogDraftState',
    [inPath('project'), inPath('id')],
    datadogDraft,
  ),
});

export const humanloop = documentOf('Humanloop', {
  '/datasets': get(
    'humanloopDatasets',
    [inQuery('page', number), inQuery('size', number), inQuery('name')],
    object('HumanloopDatasets', { records: list(humanloopDataset), total: number }),
  ),
  '/datasets/{id}/versions': get(
    'humanloopVersions',
    [inPath('id')],
    object('HumanloopVersions', { records: list(humanloopDataset) }),
  ),
});

export const posthog = documentOf('PostHog', {
  '/api/projects/2/datasets/': get(
    'posthogDatasets',
    [inQuery('limit', number), inQuery('offset', number), inQuery('search'), inQuery('id__in')],
    object('PostHogDatasets', { results: list(posthogDataset), count: number }),
  ),
});
