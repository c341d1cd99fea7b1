import { z } from 'zod';
import { answer } from '../answer.ts';
import { writeCsv } from '../csv.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { addressedResource, readBody } from '../request-body.ts';
import { datasetShape, versionShape } from '../shapes/dataset-shape.ts';
import { projectOf } from '../state/datadog-state.ts';
import { listedVersions, recordsAt, writeRecords } from '../state/dataset-versions.ts';
import type { DatasetRecord } from '../state/model.ts';
import { cloneDataset } from '../state/new-dataset.ts';
import { type DatadogApp, type DatadogVendor, tenantOf } from '../vendor.ts';
import { datasetOfPath, refuseOtherId, writableDatasetOfPath } from './write-access.ts';

const Cloned = addressedResource(
  'datasets',
  z.object({ name: z.string().min(1), description: z.string().nullish() }),
);
const Restored = addressedResource(
  'datasets',
  z.object({ dataset_version: z.number().int().max(2_147_483_647) }),
);

/** Assumption: every cell is JSON, as first-party code writes it for the upload; what is not there is empty. */
function cells({ id, input, expectedOutput, metadata, tags }: DatasetRecord): string[] {
  const text = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));
  return [id, text(input), text(expectedOutput), text(metadata), tags.length === 0 ? '' : text(tags)];
}

/** What reads and copies whole versions of a dataset. */
export function addVersionRoutes(app: DatadogApp, vendor: DatadogVendor): void {
  const { state, switches } = vendor;
  const path = '/api/v2/llm-obs/v1/:project_id/datasets/:dataset_id';

  app.get(`${path}/versions`, (context) => {
    const dataset = datasetOfPath(context, vendor);
    const data = listedVersions(dataset).map((version) => versionShape(dataset, version, switches.dialect));
    return answer(context, switches.dialect, { data });
  });

  // Copies the old records into a version of its own; the answer has no body, not even the new number.
  app.post(`${path}/restore`, async (context) => {
    const dataset = writableDatasetOfPath(context, vendor);
    const { id, attributes } = (await readBody(context, Restored)).data;
    refuseOtherId(dataset, id);
    const records = recordsAt(dataset, attributes.dataset_version);
    writeRecords(dataset, records, true, state.clock.next(), state.uuid());
    return context.body(null, 200);
  });

  app.post(`${path}/clone`, async (context) => {
    const dataset = datasetOfPath(context, vendor);
    const { id, attributes } = (await readBody(context, Cloned)).data;
    refuseOtherId(dataset, id);
    const project = projectOf(tenantOf(context, vendor), dataset.projectId);
    const wish = { name: attributes.name, description: attributes.description ?? undefined };
    const clone = cloneDataset(project, dataset, wish, context.get('caller').user.id, state);
    return answer(context, switches.dialect, { data: datasetShape(clone, switches.dialect, true) });
  });

  app.get(`${path}/export`, (context) => {
    const dataset = datasetOfPath(context, vendor);
    if ((context.req.query('format') ?? 'csv') !== 'csv') {
      throw new DatadogFailure(400, 'only the format csv is supported', { parameter: 'format' });
    }
    const asked = context.req.query('version');
    const records = recordsAt(dataset, asked === undefined ? dataset.currentVersion : Number(asked));
    const head = ['id', 'input', 'expected_output', 'metadata', 'tags'];
    return context.body(writeCsv([head, ...records.map(cells)]), 200, {
      'content-type': 'text/csv',
      'content-disposition': `attachment; filename="${dataset.id}.csv"`,
    });
  });
}
