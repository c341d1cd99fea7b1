import { nullable } from '../answer.ts';
import { formatInstant } from '../instant.ts';
import type { Project } from '../state/model.ts';
import type { Dialect } from '../switches.ts';

/** Datadog spec, `LLMObsProjectDataResponse`. */
export function projectShape(project: Project, dialect: Dialect) {
  return {
    id: project.id,
    type: 'projects',
    attributes: {
      created_at: formatInstant(project.createdAt),
      ...nullable(dialect, { description: project.description }),
      name: project.name,
      updated_at: formatInstant(project.updatedAt),
    },
  };
}
