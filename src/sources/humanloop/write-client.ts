import type { Json } from '../../domain/json.ts';
import type { VendorHttp, WriteRequest } from '../../http/operation.ts';
import { pathOf } from '../../http/path.ts';
import type { DatapointContent } from './datapoint-content.ts';
import { type DatasetRow, type PromptRow, parseDataset, parsePrompt } from './schema.ts';
import { writeRules } from './write-rules.ts';

export interface DatasetUpsert {
  /** Which dataset: by id, or by path, which makes it when there is none. */
  readonly to: { readonly id: string } | { readonly path: string };
  readonly action: 'set' | 'add' | 'remove';
  readonly datapoints: readonly DatapointContent[];
  readonly attributes: Json | undefined;
  /** What is added to or removed from. Always named: the vendor's default is whatever is the newest then. */
  readonly base?: string | undefined;
}

/** Members of the request under the vendor's own names. */
export type PromptUpsert = Readonly<Record<string, Json>>;

export interface LabelPatch {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}

/** The vendor's writes, each sent once. */
export interface HumanloopWriteClient {
  upsertDataset(upsert: DatasetUpsert): Promise<DatasetRow>;
  moveDataset(id: string, to: { readonly path: string } | { readonly name: string }): Promise<void>;
  deleteDataset(id: string): Promise<void>;
  uploadCsv(id: string, base: string | undefined, form: FormData): Promise<DatasetRow>;
  updateDatasetVersion(id: string, versionId: string, patch: LabelPatch): Promise<void>;
  deleteDatasetVersion(id: string, versionId: string): Promise<void>;
  deployDataset(id: string, environmentId: string, versionId: string): Promise<void>;
  removeDatasetDeployment(id: string, environmentId: string): Promise<void>;
  upsertPrompt(upsert: PromptUpsert): Promise<PromptRow>;
  deletePrompt(id: string): Promise<void>;
}

/** Whatever the body holds, or nothing: success codes and bodies of these operations are only partly published. */
function passOver(): void {}

export function createWriteClient(http: VendorHttp): HumanloopWriteClient {
  type Endpoint = keyof typeof writeRules;

  function send<T>(
    endpoint: Endpoint,
    request: Omit<WriteRequest, 'endpoint' | 'rule'>,
    parse: (json: unknown) => T,
  ): Promise<T> {
    return http.write({ ...request, endpoint, rule: writeRules[endpoint] }, parse);
  }

  return {
    upsertDataset: ({ to, base, ...body }) =>
      send(
        'upsertDataset',
        { method: 'POST', path: '/datasets', query: { version_id: base }, json: { ...to, ...body } },
        parseDataset,
      ),
    moveDataset: async (id, to) =>
      send('moveDataset', { method: 'PATCH', path: pathOf`/datasets/${id}`, json: to }, passOver),
    deleteDataset: async (id) =>
      send('deleteDataset', { method: 'DELETE', path: pathOf`/datasets/${id}` }, passOver),
    uploadCsv: async (id, base, form) => {
      const path = pathOf`/datasets/${id}/datapoints/csv`;
      // The platform's own encoder: the boundary, and names that have to be escaped, are its affair.
      const encoded = new Response(form);
      const bytes = new Uint8Array(await encoded.arrayBuffer());
      const contentType = encoded.headers.get('content-type') ?? 'multipart/form-data';
      const query = { version_id: base };
      return send('uploadCsv', { method: 'POST', path, query, raw: { bytes, contentType } }, parseDataset);
    },
    updateDatasetVersion: async (id, versionId, json) => {
      const path = pathOf`/datasets/${id}/versions/${versionId}`;
      return send('updateDatasetVersion', { method: 'PATCH', path, json }, passOver);
    },
    deleteDatasetVersion: async (id, versionId) => {
      const path = pathOf`/datasets/${id}/versions/${versionId}`;
      return send('deleteDatasetVersion', { method: 'DELETE', path }, passOver);
    },
    deployDataset: async (id, environmentId, versionId) => {
      const path = pathOf`/datasets/${id}/environments/${environmentId}`;
      return send('deployDataset', { method: 'POST', path, query: { version_id: versionId } }, passOver);
    },
    removeDatasetDeployment: async (id, environmentId) => {
      const path = pathOf`/datasets/${id}/environments/${environmentId}`;
      return send('removeDatasetDeployment', { method: 'DELETE', path }, passOver);
    },
    upsertPrompt: (json) => send('upsertPrompt', { method: 'POST', path: '/prompts', json }, parsePrompt),
    deletePrompt: async (id) =>
      send('deletePrompt', { method: 'DELETE', path: pathOf`/prompts/${id}` }, passOver),
  };
}
