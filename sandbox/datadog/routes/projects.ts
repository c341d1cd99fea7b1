import { z } from 'zod';
import { answer, cursorMeta } from '../answer.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { newestFirst } from '../newest-first.ts';
import { cutPage, readPageWish } from '../page-cursor.ts';
import { readBody, resource } from '../request-body.ts';
import { projectShape } from '../shapes/project-shape.ts';
import { projectOf } from '../state/datadog-state.ts';
import type { Project } from '../state/model.ts';
import { type DatadogApp, type DatadogVendor, pathParameter, tenantOf } from '../vendor.ts';
import { filterByIdAndName } from './list-filter.ts';

const Created = resource(
  'projects',
  z.object({ name: z.string().min(1), description: z.string().optional() }),
);
const Updated = resource(
  'projects',
  z.object({ name: z.string().min(1).optional(), description: z.string().optional() }),
);
const Deleted = resource('projects', z.object({ project_ids: z.array(z.string()) }));

/** The projects of LLM Observability. */
export function addProjectRoutes(app: DatadogApp, vendor: DatadogVendor): void {
  const { state, switches } = vendor;

  app.get('/api/v2/llm-obs/v1/projects', (context) => {
    const all = newestFirst(tenantOf(context, vendor).projects.values());
    const wish = readPageWish(context, 'projects', switches);
    const { items, after } = cutPage(filterByIdAndName(context, all, switches), wish, 'projects');
    const data = items.map((project) => projectShape(project, switches.dialect));
    return answer(context, switches.dialect, { data, ...cursorMeta(after, switches) });
  });

  app.post('/api/v2/llm-obs/v1/projects', async (context) => {
    const { name, description } = (await readBody(context, Created)).data.attributes;
    const { projects } = tenantOf(context, vendor);
    const there = [...projects.values()].find((project) => project.name === name);
    const at = state.clock.next();
    const project: Project = there ?? {
      id: state.uuid(),
      createdAt: at,
      name,
      description,
      updatedAt: at,
      datasets: new Map(),
    };
    projects.set(project.id, project);
    // Spec: 201 for a new one; recorded: 200 always.
    const status = there === undefined && switches.dialect === 'spec' ? 201 : 200;
    return answer(context, switches.dialect, { data: projectShape(project, switches.dialect) }, status);
  });

  app.post('/api/v2/llm-obs/v1/projects/delete', async (context) => {
    const ids = (await readBody(context, Deleted)).data.attributes.project_ids;
    const { projects } = tenantOf(context, vendor);
    const unknown = ids.find((id) => !projects.has(id));
    if (unknown !== undefined && switches.deleteUnknown === '404') {
      throw new DatadogFailure(404, `project not found: ${unknown}`);
    }
    for (const id of ids) projects.delete(id);
    return context.body(null, 204);
  });

  app.patch('/api/v2/llm-obs/v1/projects/:project_id', async (context) => {
    const project = projectOf(tenantOf(context, vendor), pathParameter(context, 'project_id'));
    const { name, description } = (await readBody(context, Updated)).data.attributes;
    project.name = name ?? project.name;
    project.description = description ?? project.description;
    project.updatedAt = state.clock.next();
    return answer(context, switches.dialect, { data: projectShape(project, switches.dialect) });
  });
}
