import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PostHogUser, Score, ScoreDefinition, TraceReview } from '../../sandbox/posthog/index.ts';
import {
  ListScoreDefinitionsDocument,
  ListTraceReviewsDocument,
  type ListTraceReviewsQueryVariables,
  ReadTraceReviewDocument,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, idOf, posthogProject, present, readPages } from './reading.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.dispose());

const project = () => posthogProject(gateway.sandbox);
const definitions = (): readonly ScoreDefinition[] => project().definitions;
const reviews = (): readonly TraceReview[] => project().reviews.filter(({ deleted }) => !deleted);
const kindOf = ({ kind }: ScoreDefinition) => kind.toUpperCase();

function personOf(user: PostHogUser) {
  return expect.objectContaining({
    vendorId: String(user.id),
    name: `${user.firstName} ${user.lastName}`,
    email: user.email,
  });
}

function expectedValue(score: Score) {
  if (score.numericValue !== null) return { __typename: 'NumericScore', decimal: score.numericValue };
  if (score.booleanValue !== null) return { __typename: 'BooleanScore', yes: score.booleanValue };
  return { __typename: 'CategoricalScore', values: score.categoricalValues };
}

function expectedReview(review: TraceReview) {
  const scores = review.scores.toSorted((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
  return {
    id: expect.any(String),
    vendor: 'POSTHOG',
    vendorId: review.id,
    traceId: review.traceId,
    comment: review.comment,
    scores: scores.map((score) => ({
      id: expect.any(String),
      vendorId: score.id,
      definitionId: expect.any(String),
      definitionName: score.definition.name,
      definitionKind: kindOf(score.definition),
      definitionArchived: score.definition.archived,
      definitionVersionId: expect.any(String),
      definitionVersion: score.version.version,
      definitionConfig: score.version.config,
      value: expectedValue(score),
      createdAt: score.createdAt,
      updatedAt: score.updatedAt,
    })),
    teamId: project().id,
    createdAt: review.createdAt,
    updatedAt: review.updatedAt,
    createdBy: personOf(review.createdBy),
    reviewedBy: personOf(review.reviewedBy),
  };
}

function idOfDefinition({ id }: ScoreDefinition): Promise<string> {
  return idOf(gateway, { vendor: 'POSTHOG', kind: 'SCORE_DEFINITION', vendorId: id });
}

async function listReviews(variables: ListTraceReviewsQueryVariables = {}) {
  return readPages(async (after) => {
    const page = { first: 20, ...variables, after };
    return present(dataOf(await gateway.query(ListTraceReviewsDocument, page)).traceReviews);
  });
}

async function vendorIdsOf(variables: ListTraceReviewsQueryVariables): Promise<readonly string[]> {
  const pages = await listReviews(variables);
  return pages.flatMap(({ nodes }) => nodes.map(({ vendorId }) => vendorId));
}

const byTime = (field: 'createdAt' | 'updatedAt', sign: 1 | -1) => (a: TraceReview, b: TraceReview) =>
  a[field] < b[field] ? -sign : sign;
const idsIn = (list: readonly TraceReview[]) => list.map(({ id }) => id);

describe('trace reviews', () => {
  it('come whole, last changed first, with scores of three kinds and no digit lost', async () => {
    const expected = reviews().toSorted(byTime('updatedAt', -1));
    expect(expected).toHaveLength(66);
    const pages = await listReviews();
    expect(pages.map(({ nodes, totalCount }) => [nodes.length, totalCount])).toEqual([
      [20, 66],
      [20, 66],
      [20, 66],
      [6, 66],
    ]);
    const nodes = pages.flatMap((page) => page.nodes);
    expect(nodes).toEqual(expected.map(expectedReview));

    const values = nodes.flatMap(({ scores }) => scores.map(({ value }) => value));
    expect(new Set(values.map((value) => value?.__typename))).toEqual(
      new Set(['CategoricalScore', 'NumericScore', 'BooleanScore']),
    );
    const decimals = values.flatMap((value) => (value?.__typename === 'NumericScore' ? [value.decimal] : []));
    expect(decimals).toContain('12.000001');
    expect(decimals.every((decimal) => /^\d+\.\d{6}$/.test(decimal))).toBe(true);
  });

  it('hold a decimal that a float would not', async () => {
    const review = present(reviews()[0]);
    const definition = present(definitions().find(({ name }) => name.endsWith('cost')));
    const score = {
      definition,
      version: present(definition.versions[0]),
      categoricalValues: null,
      numericValue: '123456789012345678.900000',
      booleanValue: null,
    };
    gateway.sandbox.posthog.state.editReview(project().id, review.id, { scores: [score] });
    const id = await idOf(gateway, { vendor: 'POSTHOG', kind: 'TRACE_REVIEW', vendorId: review.id });
    const answer = await gateway.query(ReadTraceReviewDocument, { id });
    expect(answer.text).toContain('"decimal":"123456789012345678.900000"');
    expect(dataOf(answer).traceReview).toEqual({ ...expectedReview(review), id });
  });

  it.each([
    ['CREATED_AT', 'ASC', byTime('createdAt', 1)],
    ['CREATED_AT', 'DESC', byTime('createdAt', -1)],
    ['UPDATED_AT', 'ASC', byTime('updatedAt', 1)],
    ['UPDATED_AT', 'DESC', byTime('updatedAt', -1)],
  ] as const)('come in the order %s %s', async (field, direction, compare) => {
    expect(await vendorIdsOf({ orderBy: { field, direction } })).toEqual(idsIn(reviews().toSorted(compare)));
  });

  it.each([1, 7, 40])(
    'are found by the ids of %i traces, unknown and repeated ones among them',
    async (count) => {
      const wanted = reviews().slice(0, count);
      const traceIds = [...wanted.map(({ traceId }) => traceId), 'unknown', present(wanted[0]).traceId];
      for (const [field, key] of [
        ['CREATED_AT', 'createdAt'],
        ['UPDATED_AT', 'updatedAt'],
      ] as const) {
        const found = await vendorIdsOf({ filter: { traceIds }, orderBy: { field, direction: 'DESC' } });
        expect(found).toEqual(idsIn(wanted.toSorted(byTime(key, -1))));
      }
    },
  );

  it('are found by what they are scored by, and by what they say', async () => {
    const [one, other] = [present(reviews()[2]?.scores[0]), present(reviews()[5]?.scores[0])];
    const definitionIds = [await idOfDefinition(one.definition), await idOfDefinition(other.definition)];
    const scoredBy = (list: readonly ScoreDefinition[]) =>
      reviews().filter(({ scores }) => scores.some(({ definition }) => list.includes(definition)));
    const newest = byTime('updatedAt', -1);
    expect(await vendorIdsOf({ filter: { definitionIds } })).toEqual(
      idsIn(scoredBy([one.definition, other.definition]).toSorted(newest)),
    );

    const comment = present(reviews().find((review) => review.comment !== null)?.comment);
    const said = reviews().filter((review) => review.comment === comment);
    const search = comment.slice(2, 14).toUpperCase();
    expect(await vendorIdsOf({ filter: { search } })).toEqual(idsIn(said.toSorted(newest)));

    const all = scoredBy([one.definition]).filter((review) => said.includes(review));
    const combined = {
      search,
      definitionIds: definitionIds.slice(0, 1),
      traceIds: said.map((r) => r.traceId),
    };
    expect(await vendorIdsOf({ filter: combined })).toEqual(idsIn(all.toSorted(newest)));
  });

  it('are none for filters by nothing, which PostHog would take for no filter at all', async () => {
    for (const filter of [{ traceIds: [] }, { definitionIds: [] }, { traceIds: [], search: 'a' }]) {
      gateway.received('posthog');
      expect(await vendorIdsOf({ filter })).toEqual([]);
      expect(gateway.received('posthog')).toEqual([]);
    }
    for (const traceId of ['', ' ', ' padded ', 'x'.repeat(300)]) {
      expect(await vendorIdsOf({ filter: { traceIds: [traceId] } })).toEqual([]);
    }
    expect(await vendorIdsOf({ filter: { search: '  ' } })).toHaveLength(66);
  });

  it('are gone once they are deleted', async () => {
    const review = present(reviews()[0]);
    const id = await idOf(gateway, { vendor: 'POSTHOG', kind: 'TRACE_REVIEW', vendorId: review.id });
    gateway.sandbox.posthog.state.deleteReview(project().id, review.id);
    const answer = await gateway.query(ReadTraceReviewDocument, { id });
    expect(answer.data).toEqual({ traceReview: null });
    expect(answer.errors).toMatchObject([{ path: ['traceReview'], extensions: { code: 'NOT_FOUND' } }]);
    expect(await vendorIdsOf({ filter: { traceIds: [review.traceId] } })).toEqual([]);
  });
});

describe.each([false, true])('score definitions of a server of the later generation: %s', (later) => {
  beforeEach(() => {
    gateway.sandbox.posthog.switches.laterScorers = later;
  });

  function expectedDefinition(definition: ScoreDefinition) {
    const current = present(definition.versions.at(-1));
    return {
      id: expect.any(String),
      vendor: 'POSTHOG',
      vendorId: definition.id,
      name: definition.name,
      description: definition.description,
      kind: kindOf(definition),
      archived: definition.archived,
      currentVersion: current.version,
      config: current.config,
    };
  }

  it.each([
    {},
    { archived: true },
    { archived: false },
    { kind: 'NUMERIC' as const },
    { kind: 'BOOLEAN' as const, archived: false },
    { kind: 'CATEGORICAL' as const, search: 'VERDICT' },
    { kind: 'OTHER' as const },
    { search: 'no such thing' },
  ])('are those of the filter %j, by name, whole', async (filter) => {
    const expected = definitions()
      .filter(({ archived }) => filter.archived === undefined || archived === filter.archived)
      .filter((definition) => filter.kind === undefined || kindOf(definition) === filter.kind)
      .filter(({ name, description }) =>
        `${name}\n${description}`.toLowerCase().includes(filter.search?.toLowerCase() ?? ''),
      )
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const pages = await readPages(async (after) => {
      const variables = { first: 15, after, filter };
      return present(dataOf(await gateway.query(ListScoreDefinitionsDocument, variables)).scoreDefinitions);
    });
    expect(pages.flatMap(({ nodes }) => nodes)).toEqual(expected.map(expectedDefinition));
  });
});
