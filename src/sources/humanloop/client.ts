import type { VendorHttp } from '../../http/operation.ts';
import { pathOf } from '../../http/path.ts';
import type { LooseRows } from '../parsing.ts';
import {
  type DatapointRow,
  type DatasetEnvironmentRow,
  type DatasetRow,
  type PromptRow,
  parseDatapointPage,
  parseDataset,
  parseDatasetEnvironments,
  parseDatasetPage,
  parseDatasetVersions,
  parsePrompt,
  parsePromptPage,
  parsePromptVersions,
} from './schema.ts';

/** The vendor's names of its operations, for errors and metrics. */
export const endpoints = {
  listDatasets: 'listDatasets',
  getDataset: 'getDataset',
  listDatasetVersions: 'listDatasetVersions',
  listDatapoints: 'listDatapoints',
  listDatasetEnvironments: 'listDatasetEnvironments',
  listPrompts: 'listPrompts',
  getPrompt: 'getPrompt',
  listPromptVersions: 'listPromptVersions',
} as const;

export interface PageQuery {
  /** Counted from 1. */
  readonly page: number;
  readonly size: number;
}

export interface ListQuery extends PageQuery {
  /** A part of the name, whatever its case. */
  readonly name: string | undefined;
  readonly sortBy: 'created_at' | 'updated_at' | 'name';
  readonly order: 'asc' | 'desc';
}

export interface PageAnswer<Row> {
  readonly records: LooseRows<Row>;
  /** The page size that the vendor used, which may be less than was asked for. */
  readonly size: number;
  readonly total: number;
}

/** What a kind of file can be asked, the same for datasets and prompts. */
export interface FileClient<Row> {
  readonly versionsEndpoint: string;
  /** At a version; without one, at the version on the default environment. */
  get(id: string, versionId: string | undefined): Promise<Row>;
  /** Whole: the vendor does not page it. Its order is not published. */
  listVersions(id: string): Promise<LooseRows<Row>>;
}

export interface HumanloopClient {
  readonly datasets: FileClient<DatasetRow>;
  readonly prompts: FileClient<PromptRow>;
  listDatasets(query: ListQuery): Promise<PageAnswer<DatasetRow>>;
  listPrompts(query: ListQuery): Promise<PageAnswer<PromptRow>>;
  listDatapoints(
    datasetId: string,
    versionId: string | undefined,
    page: PageQuery,
  ): Promise<PageAnswer<DatapointRow>>;
  listDatasetEnvironments(datasetId: string): Promise<readonly DatasetEnvironmentRow[]>;
}

function listParameters({ page, size, name, sortBy, order }: ListQuery) {
  return { page, size, name, sort_by: sortBy, order };
}

/** The vendor's operations, with one account. */
export function createClient(http: VendorHttp): HumanloopClient {
  return {
    datasets: {
      versionsEndpoint: endpoints.listDatasetVersions,
      get: async (id, versionId) =>
        http.get(
          {
            endpoint: endpoints.getDataset,
            path: pathOf`/datasets/${id}`,
            query: { version_id: versionId },
          },
          parseDataset,
        ),
      listVersions: async (id) => {
        const path = pathOf`/datasets/${id}/versions`;
        const answer = await http.get(
          { endpoint: endpoints.listDatasetVersions, path },
          parseDatasetVersions,
        );
        return answer.records;
      },
    },
    prompts: {
      versionsEndpoint: endpoints.listPromptVersions,
      get: async (id, versionId) =>
        http.get(
          { endpoint: endpoints.getPrompt, path: pathOf`/prompts/${id}`, query: { version_id: versionId } },
          parsePrompt,
        ),
      listVersions: async (id) => {
        const path = pathOf`/prompts/${id}/versions`;
        const answer = await http.get({ endpoint: endpoints.listPromptVersions, path }, parsePromptVersions);
        return answer.records;
      },
    },
    listDatasets: (query) =>
      http.get(
        { endpoint: endpoints.listDatasets, path: '/datasets', query: listParameters(query) },
        parseDatasetPage,
      ),
    listPrompts: (query) =>
      http.get(
        { endpoint: endpoints.listPrompts, path: '/prompts', query: listParameters(query) },
        parsePromptPage,
      ),
    listDatapoints: async (datasetId, versionId, { page, size }) =>
      http.get(
        {
          endpoint: endpoints.listDatapoints,
          path: pathOf`/datasets/${datasetId}/datapoints`,
          query: { version_id: versionId, page, size },
        },
        parseDatapointPage,
      ),
    listDatasetEnvironments: async (datasetId) =>
      http.get(
        {
          endpoint: endpoints.listDatasetEnvironments,
          path: pathOf`/datasets/${datasetId}/environments`,
        },
        parseDatasetEnvironments,
      ),
  };
}
