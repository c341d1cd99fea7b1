import type { Dataset, DatasetVersion, DraftLock } from '../domain/dataset.ts';
import type { ResourceKey } from '../domain/identity.ts';
import type { Prompt, PromptVersion } from '../domain/prompt.ts';
import type { WatchedState, WatchFacet } from '../domain/watched-state.ts';
import type { DatasetSource, ListStream, PromptSource, Source } from '../sources/source.ts';

/** Told of each state that is read whole. Must not throw. */
export type ReportSeen = (
  facet: WatchFacet,
  resource: ResourceKey<'DATASET' | 'PROMPT'>,
  state: WatchedState,
) => void;

function newest(version: DatasetVersion | PromptVersion | null): WatchedState {
  return {
    exists: true,
    latest: version === null ? null : { ref: version.ref, number: version.number },
    versions: undefined,
    complete: false,
    deployments: undefined,
  };
}

function observeStream<T>(stream: ListStream<T>, see: (item: T) => void): ListStream<T> {
  return {
    ...stream,
    fetch: async (from, limit, order) => {
      const page = await stream.fetch(from, limit, order);
      for (const item of page.items) see(item);
      return page;
    },
  };
}

function observeDatasets(source: DatasetSource, tellsVersions: boolean, report: ReportSeen): DatasetSource {
  const see = ({ id, address, latestVersion }: Dataset): void => {
    if (tellsVersions && latestVersion !== undefined) {
      report('DATASET_VERSIONS', { id, address }, newest(latestVersion));
    }
  };
  const seeLatest = (dataset: ResourceKey<'DATASET'>, version: DatasetVersion | null): void => {
    if (tellsVersions && version !== null) report('DATASET_VERSIONS', dataset, newest(version));
  };
  const { draftLock } = source;
  return {
    ...source,
    listDatasets: async (filter, order) =>
      (await source.listDatasets(filter, order)).map((stream) => observeStream(stream, see)),
    getDatasets: async (keys) => {
      const result = await source.getDatasets(keys);
      for (const value of result.values()) if ('address' in value) see(value);
      return result;
    },
    latestVersion: async (dataset) => {
      const version = await source.latestVersion(dataset);
      seeLatest(dataset, version);
      return version;
    },
    draftLock:
      draftLock === undefined
        ? undefined
        : async (dataset): Promise<DraftLock | null> => {
            const lock = await draftLock(dataset);
            report('DRAFT_LOCK', dataset, { lock });
            return lock;
          },
  };
}

function observePrompts(source: PromptSource, report: ReportSeen): PromptSource {
  const see = ({ id, address, latestVersion }: Prompt): void => {
    if (latestVersion !== undefined && latestVersion !== null) {
      report('PROMPT_VERSIONS', { id, address }, newest(latestVersion));
    }
  };
  return {
    ...source,
    listPrompts: async (filter, wants) =>
      (await source.listPrompts(filter, wants)).map((stream) => observeStream(stream, see)),
    getPrompts: async (keys) => {
      const result = await source.getPrompts(keys);
      for (const value of result.values()) if ('address' in value) see(value);
      return result;
    },
    latestVersion: async (prompt, content) => {
      const version = await source.latestVersion(prompt, content);
      if (version !== null) report('PROMPT_VERSIONS', prompt, newest(version));
      return version;
    },
  };
}

/** A source that tells what is read of it, where what is read is as good as a look. */
export function observeSource(source: Source, report: ReportSeen): Source {
  const { datasets, prompts, watch } = source;
  return {
    ...source,
    datasets:
      datasets === undefined
        ? undefined
        : observeDatasets(datasets, watch.datasetVersions?.readsTell === true, report),
    prompts:
      prompts === undefined || watch.promptVersions?.readsTell !== true
        ? prompts
        : observePrompts(prompts, report),
  };
}
