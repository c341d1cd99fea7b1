import type { LockstepError } from '../../domain/errors.ts';
import type { GlobalId, ResourceKey } from '../../domain/identity.ts';
import type { ScoreDefinition } from '../../domain/review.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { BatchResult } from '../source.ts';
import { uuidOf } from './addresses.ts';
import { lockstepErrorOf, readEach } from './batch.ts';
import type { PostHogClient } from './client.ts';
import { definitionsAPage } from './limits.ts';
import { mapScoreDefinition } from './review-mapping.ts';
import type { ScoreDefinition as ScoreDefinitionRow } from './schema.ts';

type Key = ResourceKey<'SCORE_DEFINITION'>;

/**
 * Score definitions by id. No filter takes ids, but projects have few definitions: several are picked out of one
 * list, and only those that it does not show (archived ones, on later servers) are read one by one.
 */
export async function readScoreDefinitions<T>(
  client: PostHogClient,
  keys: readonly Key[],
  map: (row: ScoreDefinitionRow) => T,
): Promise<BatchResult<T>> {
  const found = new Map<GlobalId, T | LockstepError>();
  const wanted: Key[] = [];
  for (const key of keys) {
    try {
      if (uuidOf(key) !== undefined) wanted.push(key);
    } catch (error) {
      found.set(key.id, lockstepErrorOf(error));
    }
  }
  if (wanted.length > 1) {
    try {
      const { results } = await client.definitions({ limit: definitionsAPage });
      const listed = new Map(results.good.map(({ value }) => [value.id, value]));
      for (const key of wanted) {
        const row = listed.get(uuidOf(key) ?? '');
        if (row !== undefined) found.set(key.id, map(row));
      }
    } catch (error) {
      const failure = lockstepErrorOf(error);
      for (const key of wanted) found.set(key.id, failure);
    }
  }
  const missing = wanted.filter((key) => !found.has(key.id));
  const rest = await readEach(missing, async (key) => {
    const id = uuidOf(key);
    return id === undefined ? undefined : map(await client.definition(id));
  });
  for (const [id, value] of rest) found.set(id, value);
  return found;
}

export function getScoreDefinitions(
  source: SourceKey,
  client: PostHogClient,
  keys: readonly Key[],
): Promise<BatchResult<ScoreDefinition>> {
  return readScoreDefinitions(client, keys, (row) => mapScoreDefinition(source, row));
}
