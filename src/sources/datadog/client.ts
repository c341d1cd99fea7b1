import type { VendorHttp } from '../../http/operation.ts';
import { pathOf } from '../../http/path.ts';
import type { DatasetAddress } from './addresses.ts';
import { datasetPath, datasetsPath } from './dataset-paths.ts';
import { modelLabParsers, type VendorModelLabProject, type VendorNumberedPage } from './model-lab-schema.ts';
import {
  parsers,
  type VendorCursorPage,
  type VendorDataset,
  type VendorDatasetVersion,
  type VendorDraftState,
  type VendorProject,
  type VendorPrompt,
  type VendorPromptVersion,
  type VendorPromptVersionHeader,
  type VendorRecord,
  type VendorRows,
} from './schema.ts';

const llmObs = '/api/v2/llm-obs/v1';
const modelLab = '/api/v2/model-lab-api';

/** Where in a list to read, and how much of it. */
export interface CursorQuery {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export interface DatasetQuery extends CursorQuery {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

export interface ModelLabQuery {
  readonly search?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly tags?: string | undefined;
  readonly sort?: string | undefined;
}

/** Datadog's operations, one method each, named as Datadog does. */
export class DatadogClient {
  readonly #http: VendorHttp;

  constructor(http: VendorHttp) {
    this.#http = http;
  }

  listProjects(query: CursorQuery & { readonly id?: string }): Promise<VendorCursorPage<VendorProject>> {
    return this.#http.get(
      {
        endpoint: 'ListLLMObsProjects',
        path: `${llmObs}/projects`,
        query: { 'filter[id]': query.id, 'page[limit]': query.limit, 'page[cursor]': query.cursor },
      },
      parsers.ListLLMObsProjects,
    );
  }

  listDatasets(projectId: string, query: DatasetQuery): Promise<VendorCursorPage<VendorDataset>> {
    return this.#http.get(
      {
        endpoint: 'ListLLMObsDatasets',
        path: datasetsPath(projectId),
        query: {
          'filter[id]': query.id,
          'filter[name]': query.name,
          'page[limit]': query.limit,
          'page[cursor]': query.cursor,
        },
      },
      parsers.ListLLMObsDatasets,
    );
  }

  listDatasetVersions(dataset: DatasetAddress): Promise<VendorRows<VendorDatasetVersion>> {
    const path = `${datasetPath(dataset)}/versions`;
    return this.#http.get({ endpoint: 'ListLLMObsDatasetVersions', path }, parsers.ListLLMObsDatasetVersions);
  }

  listDatasetRecords(
    dataset: DatasetAddress,
    query: CursorQuery & { readonly version: number | undefined },
  ): Promise<VendorCursorPage<VendorRecord>> {
    return this.#http.get(
      {
        endpoint: 'ListLLMObsDatasetRecords',
        path: `${datasetPath(dataset)}/records`,
        query: {
          // On every page, although the SDK drops it: a cursor is not documented to carry it.
          'filter[version]': query.version,
          'page[limit]': query.limit,
          'page[cursor]': query.cursor,
        },
      },
      parsers.ListLLMObsDatasetRecords,
    );
  }

  getDatasetDraftState(dataset: DatasetAddress): Promise<VendorDraftState> {
    const path = `${datasetPath(dataset)}/draft_state`;
    return this.#http.get(
      { endpoint: 'GetLLMObsDatasetDraftState', path },
      parsers.GetLLMObsDatasetDraftState,
    );
  }

  /** The list is not paged: all of them, or the one of that id. */
  listPrompts(promptId?: string): Promise<VendorRows<VendorPrompt>> {
    const query = { 'filter[prompt_id]': promptId };
    const request = { endpoint: 'ListLLMObsPrompts', path: `${llmObs}/prompts`, query };
    return this.#http.get(request, parsers.ListLLMObsPrompts);
  }

  listPromptVersions(promptId: string): Promise<VendorRows<VendorPromptVersionHeader>> {
    const path = pathOf`/api/v2/llm-obs/v1/prompts/${promptId}/versions`;
    return this.#http.get({ endpoint: 'ListLLMObsPromptVersions', path }, parsers.ListLLMObsPromptVersions);
  }

  getPromptVersion(promptId: string, number: number): Promise<{ readonly data: VendorPromptVersion }> {
    const path = pathOf`/api/v2/llm-obs/v1/prompts/${promptId}/versions/${number}`;
    return this.#http.get({ endpoint: 'GetLLMObsPromptVersion', path }, parsers.GetLLMObsPromptVersion);
  }

  listModelLabProjects(
    query: ModelLabQuery & { readonly number: number | undefined; readonly size: number },
  ): Promise<VendorNumberedPage<VendorModelLabProject>> {
    return this.#http.get(
      {
        endpoint: 'ListModelLabProjects',
        path: `${modelLab}/projects`,
        query: {
          filter: query.search,
          'filter[owner_id]': query.ownerId,
          'filter[tags]': query.tags,
          sort: query.sort,
          'page[size]': query.size,
          'page[number]': query.number,
        },
      },
      modelLabParsers.ListModelLabProjects,
    );
  }

  getModelLabProject(id: string): Promise<{ readonly data: VendorModelLabProject }> {
    const path = pathOf`/api/v2/model-lab-api/projects/${id}`;
    return this.#http.get({ endpoint: 'GetModelLabProject', path }, modelLabParsers.GetModelLabProject);
  }
}
