import type { Json } from '../../domain/json.ts';
import type { VendorHttp, WriteRequest } from '../../http/operation.ts';
import { pathOf } from '../../http/path.ts';
import type { DatasetAddress } from './addresses.ts';
import { datasetPath, datasetsPath } from './dataset-paths.ts';
import type { VendorDataset, VendorDraftState, VendorPrompt, VendorPromptVersion } from './schema.ts';
import { writeRules } from './write-rules.ts';
import { type VendorBatchAnswer, writeParsers } from './write-schema.ts';

type JsonObject = { readonly [member: string]: Json };

export interface DatasetAttributes {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** Records of one batch, each as the JSON text that is sent. */
export interface BatchRecords {
  readonly insert: readonly string[];
  readonly update: readonly string[];
  readonly remove: readonly string[];
}

export interface PromptVersionAttributes {
  readonly template: Json;
  readonly config?: JsonObject | undefined;
  readonly description?: string | undefined;
  readonly labels?: readonly string[] | undefined;
}

type Endpoint = keyof typeof writeParsers;

/** What goes with a write besides its name: the rule and the parse function are those of its tables. */
type Sent = Pick<WriteRequest, 'method' | 'path' | 'json' | 'raw'>;

/** Datadog's writes, one method each, named as Datadog does. Each is sent once. */
export class DatadogWriteClient {
  readonly #http: VendorHttp;

  constructor(http: VendorHttp) {
    this.#http = http;
  }

  /** What is read next is read anew. */
  forget(): void {
    this.#http.forget();
  }

  /** `isNew` is true when the status says so (201); 200 says nothing (recordings show it for new ones too). */
  createDataset(
    projectId: string,
    attributes: DatasetAttributes,
  ): Promise<{ readonly data: VendorDataset; readonly isNew: boolean }> {
    const path = datasetsPath(projectId);
    return this.#http.write(
      this.#request('CreateLLMObsDataset', {
        method: 'POST',
        path,
        json: { data: { type: 'datasets', attributes } },
      }),
      (json, status) => ({ ...writeParsers.CreateLLMObsDataset(json), isNew: status === 201 }),
    );
  }

  updateDataset(
    dataset: DatasetAddress,
    attributes: DatasetAttributes,
  ): Promise<{ readonly data: VendorDataset }> {
    const path = datasetPath(dataset);
    return this.#http.write(
      this.#request('UpdateLLMObsDataset', {
        method: 'PATCH',
        path,
        json: { data: { type: 'datasets', attributes } },
      }),
      writeParsers.UpdateLLMObsDataset,
    );
  }

  deleteDatasets(projectId: string, ids: readonly string[]): Promise<void> {
    const path = `${datasetsPath(projectId)}/delete`;
    const json = { data: { type: 'datasets', attributes: { dataset_ids: ids } } };
    return this.#http.write(
      this.#request('DeleteLLMObsDatasets', { method: 'POST', path, json }),
      writeParsers.DeleteLLMObsDatasets,
    );
  }

  cloneDataset(
    dataset: DatasetAddress,
    attributes: DatasetAttributes,
  ): Promise<{ readonly data: VendorDataset }> {
    const path = `${datasetPath(dataset)}/clone`;
    const json = { data: { id: dataset.datasetId, type: 'datasets', attributes } };
    return this.#http.write(
      this.#request('CloneLLMObsDataset', { method: 'POST', path, json }),
      writeParsers.CloneLLMObsDataset,
    );
  }

  batchUpdate(
    dataset: DatasetAddress,
    { insert, update, remove }: BatchRecords,
    createNewVersion: boolean,
  ): Promise<VendorBatchAnswer> {
    const path = `${datasetPath(dataset)}/batch_update`;
    const members = [`"create_new_version":${createNewVersion}`];
    // Not in the spec; first-party code sends it (dd-trace-py). What is to be added is added, alike or not.
    if (insert.length > 0) members.push('"deduplicate":false', `"insert_records":[${insert.join()}]`);
    if (update.length > 0) members.push(`"update_records":[${update.join()}]`);
    if (remove.length > 0) members.push(`"delete_records":[${remove.join()}]`);
    const id = JSON.stringify(dataset.datasetId);
    const body = `{"data":{"id":${id},"type":"datasets","attributes":{${members.join()}}}}`;
    return this.#http.write(
      this.#request('BatchUpdateLLMObsDataset', {
        method: 'POST',
        path,
        raw: { bytes: Buffer.from(body), contentType: 'application/json' },
      }),
      writeParsers.BatchUpdateLLMObsDataset,
    );
  }

  restoreDatasetVersion(dataset: DatasetAddress, version: number): Promise<void> {
    const path = `${datasetPath(dataset)}/restore`;
    const json = {
      data: { id: dataset.datasetId, type: 'datasets', attributes: { dataset_version: version } },
    };
    return this.#http.write(
      this.#request('RestoreLLMObsDatasetVersion', { method: 'POST', path, json }),
      writeParsers.RestoreLLMObsDatasetVersion,
    );
  }

  lockDraftState(dataset: DatasetAddress): Promise<VendorDraftState> {
    const path = `${datasetPath(dataset)}/draft_state/lock`;
    return this.#http.write(
      this.#request('LockLLMObsDatasetDraftState', { method: 'PATCH', path }),
      writeParsers.LockLLMObsDatasetDraftState,
    );
  }

  unlockDraftState(dataset: DatasetAddress): Promise<void> {
    const path = `${datasetPath(dataset)}/draft_state/unlock`;
    return this.#http.write(
      this.#request('UnlockLLMObsDatasetDraftState', { method: 'PATCH', path }),
      writeParsers.UnlockLLMObsDatasetDraftState,
    );
  }

  createPrompt(
    promptId: string,
    attributes: PromptVersionAttributes,
  ): Promise<{ readonly data: VendorPrompt }> {
    const json = { data: { type: 'prompt-templates', attributes: { prompt_id: promptId, ...attributes } } };
    return this.#http.write(
      this.#request('CreateLLMObsPrompt', { method: 'POST', path: '/api/v2/llm-obs/v1/prompts', json }),
      writeParsers.CreateLLMObsPrompt,
    );
  }

  createPromptVersion(
    promptId: string,
    attributes: PromptVersionAttributes,
  ): Promise<{ readonly data: VendorPromptVersion }> {
    const path = pathOf`/api/v2/llm-obs/v1/prompts/${promptId}/versions`;
    const json = { data: { type: 'prompt-template-versions', attributes } };
    return this.#http.write(
      this.#request('CreateLLMObsPromptVersion', { method: 'POST', path, json }),
      writeParsers.CreateLLMObsPromptVersion,
    );
  }

  deletePrompt(promptId: string): Promise<void> {
    const path = pathOf`/api/v2/llm-obs/v1/prompts/${promptId}`;
    return this.#http.write(
      this.#request('DeleteLLMObsPrompt', { method: 'DELETE', path }),
      writeParsers.DeleteLLMObsPrompt,
    );
  }

  #request(endpoint: Endpoint, sent: Sent): WriteRequest {
    return { endpoint, rule: writeRules[endpoint], ...sent };
  }
}
