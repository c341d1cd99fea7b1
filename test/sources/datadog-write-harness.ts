import { vi } from 'vitest';
import {
  type DatadogCredential,
  type DatadogSwitches,
  datadogCredentials,
  datadogSeed,
  type Dataset as SandboxDataset,
  type Project as SandboxProject,
} from '../../sandbox/datadog/index.ts';
import { keyOf, type ResourceKey } from '../../src/domain/identity.ts';
import type { VendorHttp, WriteRequest } from '../../src/http/operation.ts';
import type { DatasetWriter, ItemContent, ItemEdit, PromptWriter } from '../../src/sources/writes.ts';
import { type Harness, headersOf, source, startHarness } from './datadog-harness.ts';

type FullDatasetWriter = DatasetWriter &
  Required<Pick<DatasetWriter, 'clone' | 'latestRef' | 'restore' | 'lock' | 'unlock'>>;

export interface Writers {
  readonly datasets: FullDatasetWriter;
  readonly prompts: PromptWriter;
  readonly http: VendorHttp;
  /** The writes that were asked for, with what is sent as JSON. */
  readonly sent: readonly { readonly endpoint: string; readonly body: unknown }[];
  /** Has something happen at the vendor right before, or right after, the write of this place (from 0). */
  happening(when: 'before' | 'after', place: number, what: () => void): void;
}

export interface WriteHarness extends Harness {
  writers(as?: DatadogCredential): Writers;
  readonly seeded: SandboxDataset;
  readonly dataset: ResourceKey<'DATASET'>;
  readonly project: ResourceKey<'PROJECT'>;
  itemKey(recordId: string, version?: string): ResourceKey<'DATASET_ITEM'>;
  /** Ids of the current records, newest first. */
  recordIds(): readonly string[];
}

export const { ada, ben } = datadogCredentials.acme;

function bodyOf({ json, raw }: WriteRequest): unknown {
  return raw === undefined ? json : JSON.parse(Buffer.from(raw.bytes).toString('utf8'));
}

export async function startWriteHarness(switches: Partial<DatadogSwitches> = {}): Promise<WriteHarness> {
  const harness = await startHarness(switches);
  const seeded = harness.sandbox.state.dataset('acme', datadogSeed.largestDataset);
  const dataset = harness.keyOf(seeded);

  function writers(as: DatadogCredential = ada): Writers {
    const connected = harness.connect(
      headersOf({ 'x-datadog-api-key': as.apiKey, 'x-datadog-application-key': as.applicationKey }),
    );
    const { http } = connected;
    const sent: { endpoint: string; body: unknown }[] = [];
    const happenings: { when: 'before' | 'after'; place: number; what: () => void }[] = [];
    const happen = (when: 'before' | 'after', place: number): void => {
      for (const one of happenings) if (one.when === when && one.place === place) one.what();
    };
    const write = http.write.bind(http);
    vi.spyOn(http, 'write').mockImplementation(async (request, parse) => {
      const place = sent.length;
      sent.push({ endpoint: request.endpoint, body: bodyOf(request) });
      happen('before', place);
      try {
        return await write(request, parse);
      } finally {
        happen('after', place);
      }
    });
    const { writer } = connected.datasets;
    const prompts = connected.prompts.writer;
    if (
      !writer?.clone ||
      !writer.latestRef ||
      !writer.restore ||
      !writer.lock ||
      !writer.unlock ||
      !prompts
    ) {
      throw new Error('Datadog writes all of these');
    }
    return {
      // Guarded above.
      datasets: writer as FullDatasetWriter,
      prompts,
      http,
      sent,
      happening: (when, place, what) => void happenings.push({ when, place, what }),
    };
  }

  return {
    ...harness,
    writers,
    seeded,
    dataset,
    project: keyOf(source, 'PROJECT', seeded.projectId),
    itemKey: (recordId, version) => {
      const parts = version === undefined ? [recordId] : [recordId, version];
      return keyOf(source, 'DATASET_ITEM', seeded.projectId, seeded.id, ...parts);
    },
    recordIds: () => (seeded.versions.get(seeded.currentVersion)?.records ?? []).map(({ id }) => id),
  };
}

export function edit(part: Partial<ItemEdit>): ItemEdit {
  return { add: [], update: [], remove: [], ...part };
}

export function items(count: number): readonly ItemContent[] {
  return Array.from({ length: count }, (_, index) => ({ input: { question: `Question ${index}?` } }));
}

/** What was thrown; fails where nothing was. */
export async function thrown(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

export function projectOf({ sandbox, seeded }: WriteHarness): SandboxProject {
  return sandbox.state.project('acme', seeded.projectId);
}

export function datasetsNamed(harness: WriteHarness, name: string): readonly SandboxDataset[] {
  return [...projectOf(harness).datasets.values()].filter((dataset) => dataset.name === name);
}
