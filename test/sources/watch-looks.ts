import { LockstepError } from '../../src/domain/errors.ts';
import type { ResourceKey } from '../../src/domain/identity.ts';
import type { VersionsState } from '../../src/domain/watched-state.ts';
import type { BatchResult, Watchable } from '../../src/sources/source.ts';

type Kind = 'DATASET' | 'PROMPT';

/** The part of a source that is looked with. */
type LooksWith<K extends Kind, State> = Watchable<K, State> | undefined;

/** Looks at resources of one group; `known` is what an earlier look gave. */
export async function lookAtAll<K extends Kind, State>(
  watchable: LooksWith<K, State>,
  keys: readonly ResourceKey<K>[],
  known: BatchResult<State> = new Map(),
): Promise<BatchResult<State>> {
  if (watchable === undefined) throw new Error('this is watched');
  const groups = new Set(keys.map((key) => watchable.groupOf(key)));
  if (groups.size > 1) throw new Error(`${groups.size} groups are not looked at together`);
  const looks = keys.map((key) => {
    const state = known.get(key.id);
    return { key, known: state instanceof LockstepError ? undefined : state };
  });
  return watchable.look(looks);
}

/** Looks at one; undefined when it is not there. Throws what the look gave in its place. */
export async function lookAt<K extends Kind, State>(
  watchable: LooksWith<K, State>,
  key: ResourceKey<K>,
  known?: State,
): Promise<State | undefined> {
  const before = new Map(known === undefined ? [] : [[key.id, known] as const]);
  const result = (await lookAtAll(watchable, [key], before)).get(key.id);
  if (result instanceof LockstepError) throw result;
  return result;
}

/** The code of what went wrong for each key; nothing for one that was read, or is not there. */
export function codesOf<State>(
  result: BatchResult<State>,
  keys: readonly ResourceKey[],
): readonly (string | undefined)[] {
  return keys.map(({ id }) => {
    const value = result.get(id);
    return value instanceof LockstepError ? value.code : undefined;
  });
}

export function refsOf(state: VersionsState | LockstepError | undefined): readonly string[] | undefined {
  if (state instanceof LockstepError) throw state;
  return state?.versions?.map(({ ref }) => ref);
}

export function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it should be there');
  return value;
}
