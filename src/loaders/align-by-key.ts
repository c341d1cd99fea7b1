import DataLoader from 'dataloader';
import { type LockstepError, SourceError } from '../domain/errors.ts';
import type { GlobalId, IdKind, ResourceKey } from '../domain/identity.ts';
import { type SourceKey, vendorNames } from '../domain/vendor.ts';
import type { BatchResult, Source, SourceSlot } from '../sources/source.ts';
import { PrimedCache } from './primed-cache.ts';

/** Reads by key, together where it can, and remembers what it has read or is told. */
export class ResourceLoader<Kind extends IdKind, Value> {
  readonly #cache: PrimedCache<GlobalId, Value | null>;
  readonly #loader: DataLoader<ResourceKey<Kind>, Value | null, GlobalId>;

  constructor(
    read: (keys: readonly ResourceKey<Kind>[]) => Promise<readonly (Value | LockstepError | Error | null)[]>,
  ) {
    this.#cache = new PrimedCache();
    this.#loader = new DataLoader<ResourceKey<Kind>, Value | null, GlobalId>(read, {
      cacheKeyFn: (key) => key.id,
      cacheMap: this.#cache,
      maxBatchSize: 1_000,
    });
  }

  load(key: ResourceKey<Kind>): Promise<Value | null> {
    return this.#loader.load(key);
  }

  /** Remembers a value that was read in another way, unless something is known of it. */
  prime(key: ResourceKey<Kind>, value: Value): void {
    this.#cache.prime(key.id, value);
  }

  clearAll(): void {
    this.#loader.clearAll();
  }
}

/** What is said where a source is asked that cannot be. */
export function refusalOf({ vendor, refusal }: SourceSlot): SourceError {
  return new SourceError({
    code: refusal?.code ?? 'UNAUTHENTICATED',
    vendor,
    message: refusal?.message ?? `${vendorNames[vendor]} cannot be asked.`,
  });
}

/** Reads keys of one source; undefined when the vendor has no such kind. */
export type BatchRead<Kind extends IdKind, Value> = (
  source: Source,
  keys: readonly ResourceKey<Kind>[],
) => Promise<BatchResult<Value>> | undefined;

function asError(error: unknown): Error {
  return error instanceof Error ? error : new TypeError(`thrown: ${String(error)}`);
}

type Answer<Value> = BatchResult<Value> | Error;

async function readSource<Kind extends IdKind, Value>(
  slot: SourceSlot | undefined,
  keys: readonly ResourceKey<Kind>[],
  read: BatchRead<Kind, Value>,
): Promise<Answer<Value>> {
  // An id of a source that is not (or no longer) configured by that name leads nowhere.
  if (slot === undefined) return new Map();
  if (slot.source === undefined) return refusalOf(slot);
  try {
    return (await read(slot.source, keys)) ?? new Map();
  } catch (error) {
    return asError(error);
  }
}

/**
 * A loader over all sources: keys are grouped by source, each group is one batch there, and answers are put
 * to keys by id, never by position. A source that fails costs its own keys only; what does not exist is null.
 */
export function createResourceLoader<Kind extends IdKind, Value>(
  slots: ReadonlyMap<SourceKey, SourceSlot>,
  read: BatchRead<Kind, Value>,
): ResourceLoader<Kind, Value> {
  return new ResourceLoader<Kind, Value>(async (keys) => {
    const groups = new Map<SourceKey, ResourceKey<Kind>[]>();
    for (const key of keys) {
      const group = groups.get(key.address.source);
      if (group === undefined) groups.set(key.address.source, [key]);
      else group.push(key);
    }
    const answers = new Map<SourceKey, Answer<Value>>();
    await Promise.all(
      Array.from(groups, async ([source, group]) => {
        answers.set(source, await readSource(slots.get(source), group, read));
      }),
    );
    return keys.map((key): Value | LockstepError | Error | null => {
      const answer = answers.get(key.address.source);
      if (answer === undefined || answer instanceof Error) return answer ?? null;
      return answer.get(key.id) ?? null;
    });
  });
}
