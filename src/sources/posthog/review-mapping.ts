import { encodeId, keyOf } from '../../domain/identity.ts';
import type {
  ScoreDefinition as DomainScoreDefinition,
  TraceReview as DomainTraceReview,
  ReviewScore,
  ReviewScoreValue,
  ScoreKind,
} from '../../domain/review.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { mapActor } from './mapping.ts';
import type { Score, ScoreDefinition, TraceReview } from './schema.ts';

/** PostHog's word for each kind; it has none for OTHER, which stands for kinds that are not known here. */
export const vendorKinds = {
  CATEGORICAL: 'categorical',
  NUMERIC: 'numeric',
  BOOLEAN: 'boolean',
  OTHER: undefined,
} as const satisfies Record<ScoreKind, string | undefined>;

export function mapScoreKind(kind: string): ScoreKind {
  switch (kind) {
    case 'categorical':
      return 'CATEGORICAL';
    case 'numeric':
      return 'NUMERIC';
    case 'boolean':
      return 'BOOLEAN';
    default:
      return 'OTHER';
  }
}

/** Exactly one of the three members is set; the kind is not asked, so that a later kind keeps its value. */
function mapValue(score: Score): ReviewScoreValue | null {
  if (typeof score.numeric_value === 'string') return { kind: 'NUMERIC', value: score.numeric_value };
  if (typeof score.boolean_value === 'boolean') return { kind: 'BOOLEAN', value: score.boolean_value };
  const values = score.categorical_values;
  return values === null || values === undefined ? null : { kind: 'CATEGORICAL', values };
}

function mapScore(source: SourceKey, reviewId: string, score: Score): ReviewScore {
  const { definition_id: definition, definition_version_id: version, definition_kind: kind } = score;
  return {
    id: encodeId({ source, kind: 'REVIEW_SCORE', parts: [reviewId, score.id] }),
    vendorId: score.id,
    definitionId: encodeId({ source, kind: 'SCORE_DEFINITION', parts: [definition] }),
    definitionName: score.definition_name ?? null,
    definitionKind: typeof kind === 'string' ? mapScoreKind(kind) : null,
    definitionArchived: score.definition_archived ?? null,
    definitionVersionId:
      typeof version === 'string'
        ? encodeId({ source, kind: 'SCORE_DEFINITION_VERSION', parts: [definition, version] })
        : null,
    definitionVersion: score.definition_version ?? null,
    definitionConfig: score.definition_config ?? null,
    value: mapValue(score),
    createdAt: score.created_at ?? null,
    updatedAt: score.updated_at ?? null,
  };
}

export function mapTraceReview(source: SourceKey, row: TraceReview): DomainTraceReview {
  const { id, address } = keyOf(source, 'TRACE_REVIEW', row.id);
  const scores: ReviewScore[] = [];
  for (const score of row.scores) scores.push(mapScore(source, row.id, score));
  return {
    id,
    address,
    vendor: 'POSTHOG',
    vendorId: row.id,
    traceId: row.trace_id,
    comment: row.comment ?? null,
    scores,
    teamId: row.team ?? null,
    createdAt: row.created_at,
    updatedAt: row.updated_at ?? null,
    createdBy: mapActor(row.created_by),
    reviewedBy: mapActor(row.reviewed_by),
  };
}

export function mapScoreDefinition(source: SourceKey, row: ScoreDefinition): DomainScoreDefinition {
  const { id, address } = keyOf(source, 'SCORE_DEFINITION', row.id);
  return {
    id,
    address,
    vendor: 'POSTHOG',
    vendorId: row.id,
    name: row.name,
    // An empty text is how PostHog says that there is none.
    description: row.description === '' ? null : (row.description ?? null),
    kind: mapScoreKind(row.kind),
    archived: row.archived,
    currentVersion: row.current_version ?? null,
    config: row.config ?? null,
  };
}
