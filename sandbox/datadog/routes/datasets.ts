import { z } from 'zod';
import { answer, cursorMeta } from '../answer.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { newestFirst } from '../newest-first.ts';
import { cutPage, readPageWish } from '../page-cursor.ts';
import { ObjectBody, readBody, resource } from '../request-body.ts';
import { datasetShape } from '../shapes/dataset-shape.ts';
import { projectOf } from '../state/datadog-state.ts';
import { createDataset } from '../state/new-dataset.ts';
import { type DatadogApp, type DatadogVendor, pathParameter, tenantOf } from '../vendor.ts';
import { filterByIdAndName } from './list-filter.ts';
import { refuseLocked, writableDatasetOfPath } from './write-access.ts';

const Created = resource(
  'datasets',
  z.object({
    name: z.string().min(1),
    description: z.string().optional(),
    metadata: ObjectBody.nullish(),
  }),
);
const Updated = resource(
  'datasets',
  z.object({
    name: z.string().min(1).optional(),
    description: z.string().nullish(),
    metadata: ObjectBody.nullish(),
  }),
);
const Deleted = resource('datasets', z.object({ dataset_ids: z.array(z.string()) }));

/** The datasets of a project. */
export function addDatasetRoutes(app: DatadogApp, vendor: DatadogVendor): void {
  const { state, switches } = vendor;
  const path = '/api/v2/llm-obs/v1/:project_id/datasets';

  app.get(path, (context) => {
    const project = projectOf(tenantOf(context, vendor), pathParameter(context, 'project_id'));
    const all = newestFirst(project.datasets.values());
    const wish = readPageWish(context, project.id, switches);
    const { items, after } = cutPage(filterByIdAndName(context, all, switches), wish, project.id);
    const data = items.map((dataset) => datasetShape(dataset, switches.dialect));
    return answer(context, switches.dialect, { data, ...cursorMeta(after, switches) });
  });

  app.post(path, async (context) => {
    const project = projectOf(tenantOf(context, vendor), pathParameter(context, 'project_id'));
    const { name, description, metadata } = (await readBody(context, Created)).data.attributes;
    const there = [...project.datasets.values()].find((dataset) => dataset.name === name);
    const wanted = { name, description, metadata: metadata ?? undefined };
    const dataset = there ?? createDataset(project, wanted, context.get('caller').user.id, state);
    // Spec: 201 for a new one; recorded: 200 always.
    const status = there === undefined && switches.dialect === 'spec' ? 201 : 200;
    return answer(context, switches.dialect, { data: datasetShape(dataset, switches.dialect, true) }, status);
  });

  app.post(`${path}/delete`, async (context) => {
    const { datasets } = projectOf(tenantOf(context, vendor), pathParameter(context, 'project_id'));
    const ids = (await readBody(context, Deleted)).data.attributes.dataset_ids;
    for (const id of ids) {
      const dataset = datasets.get(id);
      if (dataset !== undefined) refuseLocked(context, vendor, dataset);
      else if (switches.deleteUnknown === '404') throw new DatadogFailure(404, `dataset not found: ${id}`);
    }
    for (const id of ids) datasets.delete(id);
    return context.body(null, 204);
  });

  // Assumptions: metadata is replaced, not merged; null clears; a name that another dataset has is a 400.
  app.patch(`${path}/:dataset_id`, async (context) => {
    const dataset = writableDatasetOfPath(context, vendor);
    const { name, description, metadata } = (await readBody(context, Updated)).data.attributes;
    const { datasets } = projectOf(tenantOf(context, vendor), dataset.projectId);
    if ([...datasets.values()].some((other) => other !== dataset && other.name === name)) {
      throw new DatadogFailure(400, 'a dataset with this name already exists', {
        pointer: '/data/attributes/name',
      });
    }
    dataset.name = name ?? dataset.name;
    if (description !== undefined) dataset.description = description ?? undefined;
    if (metadata !== undefined) dataset.metadata = metadata ?? undefined;
    dataset.updatedAt = state.clock.next();
    return answer(context, switches.dialect, { data: datasetShape(dataset, switches.dialect, true) });
  });
}
