import { SourceError } from '../../domain/errors.ts';
import { pathOf } from '../../http/path.ts';
import { type DatasetAddress, isUuid } from './addresses.ts';

function notThere(what: string): SourceError {
  return new SourceError({
    code: 'NOT_FOUND',
    vendor: 'DATADOG',
    message: `Datadog has no such ${what}: ids of projects and datasets are UUIDs there.`,
  });
}

/**
 * Where the datasets of a project are. The project's id stands where other routes of Datadog have a word of theirs
 * (`/prompts/{prompt_id}`), so an id that is no UUID would be another operation. Throws SourceError NOT_FOUND.
 */
export function datasetsPath(projectId: string): string {
  if (!isUuid(projectId)) throw notThere('project');
  return pathOf`/api/v2/llm-obs/v1/${projectId}/datasets`;
}

/** Where one dataset is. Throws SourceError NOT_FOUND for what cannot be one. */
export function datasetPath({ projectId, datasetId }: DatasetAddress): string {
  const datasets = datasetsPath(projectId);
  if (!isUuid(datasetId)) throw notThere('dataset');
  return datasets + pathOf`/${datasetId}`;
}
