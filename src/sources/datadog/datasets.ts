import type { Dataset, DatasetCapability } from '../../domain/dataset.ts';
import { type LockstepError, type SourceError, UnsupportedError } from '../../domain/errors.ts';
import type { GlobalId, ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { DatasetSource, ListStream } from '../source.ts';
import { tokenStream } from '../streams.ts';
import { isUuid, readDatasetAddress, readProjectAddress } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { createItemReads } from './dataset-items.ts';
import { DatasetRows } from './dataset-rows.ts';
import { createVersionReads } from './dataset-versions.ts';
import { createDatasetWriter } from './dataset-writer.ts';
import { readDraftLock } from './draft-lock.ts';
import { failureOf } from './failures.ts';
import { mapDataset, projectScope } from './mapping.ts';
import { mapCursorPage } from './page-rows.ts';
import { readProjectIds } from './projects.ts';
import type { DatadogWriteClient } from './write-client.ts';

export const capabilities: readonly DatasetCapability[] = [
  'DRAFT_LOCK',
  'VERSIONS',
  'RESTORE',
  'EDIT_ITEMS',
  'CLONE',
  'CSV_UPLOAD',
];

/** An empty stream that tells of what could not be read of the list of streams itself. */
function faultStream(faults: readonly SourceError[]): ListStream<Dataset> {
  const fetchPage = async () => ({ good: [], count: 0, faults, total: null, nextToken: undefined });
  return tokenStream({ key: 'projects', idOf: (dataset: Dataset) => dataset.id, fetchPage });
}

export function createDatasetSource(
  source: SourceKey,
  client: DatadogClient,
  writes: DatadogWriteClient,
): DatasetSource {
  const rows = new DatasetRows(client);

  function streamOf(projectId: string, search: string | undefined): ListStream<Dataset> {
    const scope = projectScope(source, projectId);
    const name = search === '' ? undefined : search;
    return tokenStream({
      key: projectId,
      resource: `project ${projectId}`,
      idOf: (dataset) => dataset.id,
      fetchPage: async (cursor, limit) =>
        mapCursorPage(await rows.list(projectId, { name, cursor, limit }), (row) => mapDataset(scope, row)),
    });
  }

  async function getDatasets(keys: readonly ResourceKey<'DATASET'>[]) {
    const result = new Map<GlobalId, Dataset | LockstepError>();
    const byProject = new Map<string, Map<string, GlobalId>>();
    for (const key of keys) {
      try {
        const { projectId, datasetId } = readDatasetAddress(key);
        if (!isUuid(projectId) || !isUuid(datasetId)) continue;
        const wanted = byProject.get(projectId) ?? new Map<string, GlobalId>();
        byProject.set(projectId, wanted.set(datasetId, key.id));
      } catch (error) {
        result.set(key.id, failureOf(error));
      }
    }
    await Promise.all(
      Array.from(byProject, async ([projectId, wanted]) => {
        const scope = projectScope(source, projectId);
        const found = await rows.find(projectId, wanted.keys());
        for (const [datasetId, id] of wanted) {
          const row = found.get(datasetId);
          if (row !== undefined) result.set(id, 'attributes' in row ? mapDataset(scope, row) : row);
        }
      }),
    );
    return result;
  }

  return {
    writer: createDatasetWriter(source, client, writes, rows),
    capabilities,
    canOrder: ({ field, direction }) => field === 'CREATED_AT' && direction === 'DESC',
    getDatasets,

    async listDatasets({ search, projects }, { field, direction }) {
      if (field !== 'CREATED_AT' || direction !== 'DESC') {
        throw new UnsupportedError(
          'DATADOG',
          'Datadog lists datasets by CREATED_AT DESC and in no other order.',
        );
      }
      if (projects !== undefined) {
        const ids = new Set(projects.map(readProjectAddress));
        return Array.from(ids, (id) => streamOf(id, search));
      }
      const { ids, faults } = await readProjectIds(client);
      const streams = ids.map((id) => streamOf(id, search));
      return faults.length === 0 ? streams : [...streams, faultStream(faults)];
    },

    draftLock: (dataset) => readDraftLock(client, rows, readDatasetAddress(dataset)),
    ...createVersionReads(client, rows),
    ...createItemReads(client),
  };
}
