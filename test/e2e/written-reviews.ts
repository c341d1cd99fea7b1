import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import type { TestGateway } from '../support/gateway.ts';
import { dataOf, idOf, posthogProject, present } from './reading.ts';
import { succeed } from './writing.ts';

export const reviewProject = posthogCredentials.acme.projectId;

/** Scorers of the sandbox by what they judge: two categorical, two numeric, one boolean. */
export const scorerNames = {
  verdict: 'Support bot verdict',
  modes: 'Support bot failure modes',
  helpfulness: 'Support bot helpfulness',
  cost: 'Support bot cost',
  policy: 'Support bot policy followed',
} as const;
export type Scorer = keyof typeof scorerNames;

export type ScorerIds = Readonly<Record<Scorer, string>>;

/** Their ids in this API. */
export async function readScorers(gateway: TestGateway): Promise<ScorerIds> {
  const { definitions } = posthogProject(gateway.sandbox);
  const entries = Object.entries(scorerNames).map(async ([scorer, name]) => {
    const { id } = present(definitions.find((definition) => definition.name === name));
    return [
      scorer,
      await idOf(gateway, { vendor: 'POSTHOG', kind: 'SCORE_DEFINITION', vendorId: id }),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as ScorerIds; // One entry for each name in the table.
}

export interface ReadScore {
  readonly definitionId: string;
  readonly definitionName: string | null;
  readonly definitionVersion: number | null;
  readonly definitionVersionId: string | null;
  readonly value: Readonly<Record<string, unknown>> | null;
}
export interface ReadReview {
  readonly id: string;
  readonly vendorId: string;
  readonly traceId: string;
  readonly comment: string | null;
  readonly updatedAt: string;
  readonly scores: readonly ReadScore[];
}

export const reviewFields = `id vendorId traceId comment updatedAt scores {
  definitionId definitionName definitionVersion definitionVersionId
  value { ... on CategoricalScore { values } ... on NumericScore { number: value } ... on BooleanScore { boolean: value } }
}`;

export async function readReview(gateway: TestGateway, id: string): Promise<ReadReview> {
  const document = `query ($id: ID!) { traceReview(id: $id) { ${reviewFields} } }`;
  return present(
    dataOf(await gateway.query<{ traceReview: ReadReview | null }, object>(document, { id })).traceReview,
  );
}

let made = 0;

/** A trace that has no review. */
export function freshTrace(): string {
  made += 1;
  return `trace-${process.pid}-${made}`;
}

export async function createReview(
  gateway: TestGateway,
  content: object,
  traceId = freshTrace(),
): Promise<ReadReview> {
  const { traceReview } = await succeed<{ traceReview: ReadReview | null }>(
    gateway,
    'createTraceReview',
    { traceId, ...content },
    `traceReviewId traceReview { ${reviewFields} }`,
  );
  return present(traceReview);
}

/** The value that a review has by a scorer. */
export function scoreValue(
  review: ReadReview,
  definitionId: string,
): Readonly<Record<string, unknown>> | null {
  return present(review.scores.find((score) => score.definitionId === definitionId)).value;
}
