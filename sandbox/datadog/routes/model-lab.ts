import { answer } from '../answer.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { modelLabProjectShape, pageMembers } from '../shapes/model-lab-shape.ts';
import type { ModelLabProject } from '../state/model.ts';
import {
  type DatadogApp,
  type DatadogContext,
  type DatadogVendor,
  pathParameter,
  tenantOf,
} from '../vendor.ts';

type Order = (left: ModelLabProject, right: ModelLabProject) => number;

const orders: Readonly<Record<string, Order>> = {
  name: (left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : left.id - right.id),
  created_at: (left, right) => left.createdAt - right.createdAt,
  updated_at: (left, right) => left.updatedAt - right.updatedAt,
};

/** Datadog spec: `name`, `created_at` or `updated_at`, descending with `-`; assumption: another one is a 400. */
function readOrder(context: DatadogContext): Order {
  const sort = context.req.query('sort') ?? '-updated_at';
  const order = orders[sort.replace(/^-/, '')];
  if (order === undefined) throw new DatadogFailure(400, 'invalid sort field', { parameter: 'sort' });
  return sort.startsWith('-') ? (left, right) => order(right, left) : order;
}

function readWhole(context: DatadogContext, parameter: string, otherwise: number, least: number): number {
  const text = context.req.query(parameter);
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
    throw new DatadogFailure(400, `invalid ${parameter}`, { parameter });
  }
  return Number(text);
}

/** Assumptions: `filter` is a case-insensitive part of name or description, and all of `filter[tags]` must match. */
function matches(context: DatadogContext): (project: ModelLabProject) => boolean {
  const text = context.req.query('filter')?.toLowerCase() ?? '';
  const owner = context.req.query('filter[owner_id]');
  const tags = (context.req.query('filter[tags]') ?? '').split(',').filter((tag) => tag !== '');
  return (project) =>
    `${project.name}\n${project.description}`.toLowerCase().includes(text) &&
    (owner === undefined || project.ownerId === owner) &&
    tags.every((tag) => project.tags.some(({ key, value }) => `${key}:${value}` === tag));
}

function projectOfPath(context: DatadogContext, vendor: DatadogVendor): ModelLabProject {
  const id = pathParameter(context, 'project_id');
  if (!/^\d{1,18}$/.test(id)) throw new DatadogFailure(400, 'project id must be a whole number');
  const project = tenantOf(context, vendor).modelLabProjects.get(Number(id));
  if (project === undefined) throw new DatadogFailure(404, 'project not found');
  return project;
}

/** The projects of Model Lab, which have nothing to do with those of LLM Observability. */
export function addModelLabRoutes(app: DatadogApp, vendor: DatadogVendor): void {
  const { switches } = vendor;
  const path = '/api/v2/model-lab-api/projects';

  // The trap of this list: pages count from 1 by the spec, from 0 as recorded. Assumptions: a larger size than 100
  // is clamped, and a page past the end is empty.
  app.get(path, (context) => {
    const { dialect } = switches;
    const first = dialect === 'recorded' ? 0 : 1;
    const size = Math.min(100, readWhole(context, 'page[size]', 25, 1));
    const number = readWhole(context, 'page[number]', first, first);
    const found = [...tenantOf(context, vendor).modelLabProjects.values()]
      .filter(matches(context))
      .sort(readOrder(context));
    const start = (number - first) * size;
    const userId = context.get('caller').user.id;
    const data = found
      .slice(start, start + size)
      .map((project) => modelLabProjectShape(project, userId, dialect));
    const page = { number, size, total: found.length, first };
    return answer(context, dialect, { data, ...pageMembers(page, new URL(context.req.url), dialect) });
  });

  app.get(`${path}/:project_id`, (context) => {
    const project = projectOfPath(context, vendor);
    const data = modelLabProjectShape(project, context.get('caller').user.id, switches.dialect);
    return answer(context, switches.dialect, { data });
  });

  app.post(`${path}/:project_id/star`, (context) => {
    projectOfPath(context, vendor).starredBy.add(context.get('caller').user.id);
    return context.body(null, 204);
  });

  app.delete(`${path}/:project_id/star`, (context) => {
    projectOfPath(context, vendor).starredBy.delete(context.get('caller').user.id);
    return context.body(null, 204);
  });
}
