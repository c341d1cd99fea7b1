import { type InputIssue, LockstepError } from '../../domain/errors.ts';
import type { NewScore } from '../source.ts';
import { scoreVersionOf, uuidOf } from './addresses.ts';
import type { PostHogClient } from './client.ts';
import { refuseAll } from './refusals.ts';
import { mapScoreKind } from './review-mapping.ts';
import { readScoreConfig, type ScoreDefinition } from './schema.ts';
import { readScoreDefinitions } from './score-definitions-by-id.ts';
import { type Scorer, valueBody, valueIssues } from './score-values.ts';
import type { Body } from './write-client.ts';

/** Configs of versions that are known from elsewhere, by the version's id; asked for only where they matter. */
export type KnownConfigs = () => Promise<ReadonlyMap<string, ScoreDefinition['config']>>;

/** True when the newest config is the one that counts, as far as can be told. */
function countsNewest(row: ScoreDefinition, versionId: string | undefined): boolean {
  if (versionId === undefined) return true;
  const { current_version: number, current_version_id: id } = row;
  // Where its id is not told, the newest is surely meant only while it is the only one.
  return typeof id === 'string' ? id === versionId : number === 1;
}

async function scorerOf(
  row: ScoreDefinition,
  versionId: string | undefined,
  knownConfigs: KnownConfigs,
): Promise<Scorer> {
  const config =
    versionId === undefined || countsNewest(row, versionId)
      ? row.config
      : (await knownConfigs()).get(versionId);
  return { kind: mapScoreKind(row.kind), config: readScoreConfig(config) };
}

/** The version that a score names; undefined for none, null for one that cannot be of this scorer. */
function versionIdOf({ definition, definitionVersion }: NewScore): string | null | undefined {
  if (definitionVersion === undefined) return undefined;
  const at = scoreVersionOf(definitionVersion);
  return at === undefined || at.definitionId !== uuidOf(definition) ? null : at.versionId;
}

/**
 * Scores as PostHog takes them. Throws InvalidInputError with all that is wrong; PostHog itself tells of the first
 * only, and not where. Archived scorers are taken, as there.
 */
export async function checkScores(
  client: PostHogClient,
  scores: readonly NewScore[],
  knownConfigs: KnownConfigs,
): Promise<readonly Body[]> {
  if (scores.length === 0) return [];
  const distinct = new Map(scores.map(({ definition }) => [definition.id, definition]));
  const rows = await readScoreDefinitions(client, [...distinct.values()], (row) => row);
  const issues: InputIssue[] = [];
  const bodies: Body[] = [];
  const seen = new Set<string>();
  for (const [index, score] of scores.entries()) {
    const path = ['scores', String(index)];
    const report = (field: string, message: string, code: string): void => {
      issues.push({ path: [...path, field], message, code });
    };
    const row = rows.get(score.definition.id);
    if (row instanceof LockstepError) throw row;
    if (seen.has(score.definition.id)) {
      report('definitionId', 'this scorer is used before in this review', 'DUPLICATE');
    }
    seen.add(score.definition.id);
    const versionId = versionIdOf(score);
    if (versionId === null) report('definitionVersionId', 'is not a version of this scorer', 'INVALID_ID');
    if (row === undefined) {
      report('definitionId', 'PostHog has no such scorer', 'NOT_FOUND');
      continue;
    }
    const scorer = await scorerOf(row, versionId ?? undefined, knownConfigs);
    issues.push(...valueIssues(score.value, scorer, [...path, 'value']));
    bodies.push({
      definition_id: row.id,
      definition_version_id: versionId ?? undefined,
      ...valueBody(score.value),
    });
  }
  refuseAll(issues);
  return bodies;
}
