import type { GivenBackVersions } from '../coordination/given-back-versions.ts';
import type { Dataset, DatasetVersion } from '../domain/dataset.ts';
import { LockstepError } from '../domain/errors.ts';
import type { GlobalId, ResourceKey } from '../domain/identity.ts';
import type { Prompt, PromptVersion } from '../domain/prompt.ts';
import type { VersionsState } from '../domain/watched-state.ts';
import type {
  BatchResult,
  DatasetSource,
  DatasetWriter,
  ListStream,
  PromptSource,
  Source,
  VersionWritten,
  Watchable,
} from '../sources/source.ts';

interface Versions<Kind extends 'DATASET' | 'PROMPT'> {
  /** The newest by date. */
  newest(resource: ResourceKey<Kind>): Promise<string | null>;
  exists(resource: ResourceKey<Kind>, ref: string): Promise<boolean>;
}

/** The ref that the next write is based on: the newest by date, unless a write was given an older one back. */
class Counting<Kind extends 'DATASET' | 'PROMPT'> {
  readonly #memory: GivenBackVersions;
  readonly #versions: Versions<Kind>;

  constructor(memory: GivenBackVersions, versions: Versions<Kind>) {
    this.#memory = memory;
    this.#versions = versions;
  }

  /** In place of the newest by date; undefined when that one counts. */
  async inPlaceOf(
    resource: ResourceKey<Kind>,
    newest: string | null | undefined,
  ): Promise<string | undefined> {
    const ref = await this.#memory.get(resource.id, newest);
    if (ref === undefined || (await this.#versions.exists(resource, ref))) return ref;
    await this.#memory.set(resource.id, undefined);
    return undefined;
  }

  /** {@link inPlaceOf} what is the newest by date now. */
  async inPlaceOfNewest(resource: ResourceKey<Kind>): Promise<string | undefined> {
    const isKnown = (await this.#memory.find(resource.id)) !== undefined;
    return isKnown ? this.inPlaceOf(resource, await this.#versions.newest(resource)) : undefined;
  }

  /** What a write gave, remembered where it is not the newest by date. */
  async wrote<Written extends VersionWritten>(
    resource: ResourceKey<Kind>,
    base: string | null,
    written: Written,
  ): Promise<Written> {
    const { versionRef: ref, isOlder } = written;
    if (ref === null) return written;
    const given = await this.#memory.find(resource.id);
    const before = given?.ref === base ? given.over : base;
    const newest = await this.#newest(resource, before);
    // What is newer by date than a base that was given back was there before the write, up to what that one is over.
    const wasThere = before !== base && (newest === before || written.concurrentRef === before);
    const concurrentRef = wasThere ? null : written.concurrentRef;
    // A new version is the newest by date, or somebody outside has made one after it.
    const counts = isOlder === true && concurrentRef === null && ref !== newest && newest !== null;
    if (ref !== base) await this.#memory.set(resource.id, counts ? { ref, over: newest } : undefined);
    return { ...written, concurrentRef };
  }

  /** The newest by date; the one from before the write where it cannot be read. */
  async #newest(resource: ResourceKey<Kind>, before: string | null): Promise<string | null> {
    try {
      return await this.#versions.newest(resource);
    } catch (error) {
      if (error instanceof LockstepError) return before;
      throw error;
    }
  }
}

function withWriter(writer: DatasetWriter, counting: Counting<'DATASET'>): DatasetWriter {
  const { latestRef, restore, uploadCsv, clone } = writer;
  return {
    ...writer,
    editItems: async (dataset, edit, base) =>
      counting.wrote(dataset, base, await writer.editItems(dataset, edit, base)),
    ...(latestRef && {
      latestRef: async (dataset) => {
        const newest = await latestRef(dataset);
        return (await counting.inPlaceOf(dataset, newest)) ?? newest;
      },
    }),
    ...(clone && {
      clone: async (dataset, to) =>
        clone(dataset, { ...to, versionRef: await counting.inPlaceOfNewest(dataset) }),
    }),
    ...(uploadCsv && {
      uploadCsv: async (dataset, file, base, version) =>
        counting.wrote(dataset, base, await uploadCsv(dataset, file, base, version)),
    }),
    ...(restore && {
      restore: async (dataset, ref, base) => counting.wrote(dataset, base, await restore(dataset, ref, base)),
    }),
  };
}

/** Leaves out what a read tells of the newest version where another counts: that one is read when it is asked for. */
async function withoutNewest<Kind extends 'DATASET' | 'PROMPT', Value extends Dataset | Prompt>(
  result: BatchResult<Value>,
  counting: Counting<Kind>,
  keys: readonly ResourceKey<Kind>[],
): Promise<BatchResult<Value>> {
  const shown = new Map<GlobalId, Value | LockstepError>(result);
  for (const key of keys) {
    const value = result.get(key.id);
    if (value === undefined || !('latestVersion' in value) || value.latestVersion === undefined) continue;
    const other = await counting.inPlaceOf(key, value.latestVersion?.ref);
    if (other !== undefined) shown.set(key.id, { ...value, latestVersion: undefined });
  }
  return shown;
}

function datasetsWith(memory: GivenBackVersions, source: DatasetSource) {
  const counting = new Counting<'DATASET'>(memory, {
    newest: async (dataset) => (await source.latestVersion(dataset))?.ref ?? null,
    exists: async (dataset, ref) => (await source.getVersion(dataset, ref)) !== null,
  });
  const datasets: DatasetSource = {
    ...source,
    writer: source.writer && withWriter(source.writer, counting),
    getDatasets: async (keys) => withoutNewest(await source.getDatasets(keys), counting, keys),
    latestVersion: async (dataset): Promise<DatasetVersion | null> => {
      const newest = await source.latestVersion(dataset);
      const ref = await counting.inPlaceOf(dataset, newest?.ref);
      return ref === undefined ? newest : source.getVersion(dataset, ref);
    },
  };
  return { counting, datasets };
}

/** A list of versions that does not say of the newest by date that it is the latest, where another is. */
function versionsWith(
  stream: ListStream<PromptVersion>,
  counting: Counting<'PROMPT'>,
  prompt: ResourceKey<'PROMPT'>,
): ListStream<PromptVersion> {
  return {
    ...stream,
    fetch: async (from, limit, order) => {
      const page = await stream.fetch(from, limit, order);
      const newest = page.items.find(({ isLatest }) => isLatest === true);
      const ref = newest === undefined ? undefined : await counting.inPlaceOf(prompt, newest.ref);
      if (ref === undefined) return page;
      return { ...page, items: page.items.map((item) => ({ ...item, isLatest: item.ref === ref })) };
    },
  };
}

function promptsWith(memory: GivenBackVersions, source: PromptSource) {
  const counting = new Counting<'PROMPT'>(memory, {
    newest: async (prompt) => (await source.latestVersion(prompt, false))?.ref ?? null,
    exists: async (prompt, ref) => (await source.getVersion(prompt, { ref })) !== null,
  });
  const { writer } = source;
  const prompts: PromptSource = {
    ...source,
    writer: writer && {
      ...writer,
      publish: async (prompt, version, base) =>
        counting.wrote(prompt, base.ref, await writer.publish(prompt, version, base)),
      duplicate: async (prompt, newName) =>
        writer.duplicate(prompt, newName, await counting.inPlaceOfNewest(prompt)),
    },
    getPrompts: async (keys) => withoutNewest(await source.getPrompts(keys), counting, keys),
    latestVersion: async (prompt, content): Promise<PromptVersion | null> => {
      const newest = await source.latestVersion(prompt, content);
      const ref = await counting.inPlaceOf(prompt, newest?.ref);
      if (ref === undefined) return newest;
      const version = await source.getVersion(prompt, { ref });
      return version === null ? null : { ...version, isLatest: true };
    },
    listVersions: (prompt, content) => versionsWith(source.listVersions(prompt, content), counting, prompt),
  };
  return { counting, prompts };
}

function watchedWith<Kind extends 'DATASET' | 'PROMPT'>(
  watchable: Watchable<Kind, VersionsState>,
  counting: Counting<Kind>,
): Watchable<Kind, VersionsState> {
  return {
    ...watchable,
    look: async (looks) => {
      const result = new Map<GlobalId, VersionsState | LockstepError>(await watchable.look(looks));
      for (const { key } of looks) {
        const state = result.get(key.id);
        if (state === undefined || !('exists' in state) || state.latest === null) continue;
        const ref = await counting.inPlaceOf(key, state.latest.ref);
        if (ref !== undefined) result.set(key.id, { ...state, latest: { ref, number: null } });
      }
      return result;
    },
  };
}

/** A source where equal content is the same version, read and written by what its last write here was given. */
export function withGivenBack(memory: GivenBackVersions, source: Source): Source {
  if (source.isContentAddressed !== true) return source;
  const ofDatasets = source.datasets && datasetsWith(memory, source.datasets);
  const ofPrompts = source.prompts && promptsWith(memory, source.prompts);
  const { datasetVersions, promptVersions } = source.watch;
  return {
    ...source,
    datasets: ofDatasets?.datasets,
    prompts: ofPrompts?.prompts,
    watch: {
      ...source.watch,
      datasetVersions: datasetVersions && ofDatasets && watchedWith(datasetVersions, ofDatasets.counting),
      promptVersions: promptVersions && ofPrompts && watchedWith(promptVersions, ofPrompts.counting),
    },
  };
}
