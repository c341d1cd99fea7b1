import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, SourceError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import type { TraceReviewOrder } from '../../src/domain/review.ts';
import { firstOf, key, only, posthog, projectId, readAll, readPages, usePostHog } from './posthog-harness.ts';

const posthogTest = usePostHog();
const root = `/api/environments/${projectId}/llm_analytics`;
const lastChanged: TraceReviewOrder = { field: 'UPDATED_AT', direction: 'DESC' };

function living() {
  return posthogTest.sandbox.state.project(projectId).reviews.filter(({ deleted }) => !deleted);
}

/** Reviews of traces that are called so, newest of all. */
function addReviews(...traceIds: readonly string[]) {
  const { reviews } = posthogTest.sandbox.state.project(projectId);
  const { clock } = posthogTest.sandbox.state;
  for (const traceId of traceIds) {
    reviews.push({
      ...firstOf(reviews),
      id: randomUUID(),
      traceId,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    });
  }
}

describe('a review', () => {
  it('is mapped with its scores, a number as the text that PostHog sent', async () => {
    const review = living().find(({ scores }) => scores.some(({ numericValue }) => numericValue !== null));
    const { reviews } = posthogTest.connect();
    const found = await reviews.getReviews([key.review(review?.id ?? '')]);
    const score = review?.scores.find(({ numericValue }) => numericValue !== null);
    const mapped = found.get(key.review(review?.id ?? '').id);
    expect(mapped).toMatchObject({
      ...key.review(review?.id ?? ''),
      vendor: 'POSTHOG',
      vendorId: review?.id,
      traceId: review?.traceId,
      comment: review?.comment,
      teamId: projectId,
      createdAt: review?.createdAt,
      updatedAt: review?.updatedAt,
      createdBy: { vendorId: String(review?.createdBy.id) },
      reviewedBy: { vendorId: String(review?.reviewedBy.id) },
    });
    const scores = mapped !== undefined && 'scores' in mapped ? mapped.scores : [];
    expect(scores).toHaveLength(review?.scores.length ?? 0);
    expect(scores.find(({ vendorId }) => vendorId === score?.id)).toEqual({
      id: keyOf(posthog, 'REVIEW_SCORE', review?.id ?? '', score?.id ?? '').id,
      vendorId: score?.id,
      definitionId: key.definition(score?.definition.id ?? '').id,
      definitionName: score?.definition.name,
      definitionKind: 'NUMERIC',
      definitionArchived: score?.definition.archived,
      definitionVersionId: keyOf(
        posthog,
        'SCORE_DEFINITION_VERSION',
        score?.definition.id ?? '',
        score?.version.id ?? '',
      ).id,
      definitionVersion: score?.version.version,
      definitionConfig: score?.version.config,
      value: { kind: 'NUMERIC', value: score?.numericValue },
      createdAt: score?.createdAt,
      updatedAt: score?.updatedAt,
    });
  });

  it('has values of each kind, and one of a kind that is not known keeps its value', async () => {
    const review = living().find(({ scores }) => scores.length === 3);
    const path = `${root}/trace_reviews/?trace_id=${review?.traceId}`;
    await posthogTest.spoil(path, ([row]) => {
      const scores = row?.['scores'];
      const [one, two, three] = Array.isArray(scores) ? scores : [];
      const nothing = { numeric_value: null, boolean_value: null, categorical_values: null };
      return [
        {
          ...row,
          scores: [
            { ...one, ...nothing, definition_kind: 'categorical', categorical_values: ['a', 'b'] },
            { ...two, ...nothing, definition_kind: 'boolean', boolean_value: false },
            { ...three, ...nothing, definition_kind: 'stars', numeric_value: '-0.100000' },
            { ...three, ...nothing, definition_kind: 'emoji' },
          ],
        },
      ];
    });
    const stream = posthogTest.connect().reviews.listReviews({}, lastChanged);
    const { scores } = only((await stream.fetch(undefined, 5)).items);
    expect(scores.map(({ definitionKind, value }) => [definitionKind, value])).toEqual([
      ['CATEGORICAL', { kind: 'CATEGORICAL', values: ['a', 'b'] }],
      ['BOOLEAN', { kind: 'BOOLEAN', value: false }],
      ['OTHER', { kind: 'NUMERIC', value: '-0.100000' }],
      ['OTHER', null],
    ]);
  });

  it('whose number went through a float is a bad row', async () => {
    await posthogTest.spoil(`${root}/trace_reviews/?limit=5`, (rows) =>
      rows.map((row) => ({
        ...row,
        scores: [{ id: randomUUID(), definition_id: randomUUID(), numeric_value: 0.1 }],
      })),
    );
    const page = await posthogTest.connect().reviews.listReviews({}, lastChanged).fetch(undefined, 5);
    expect(page.items).toEqual([]);
    expect(page.faults).toHaveLength(5);
    expect(page.next).toBeDefined();
  });

  it('by id takes one request each; deleted, foreign and impossible ones are not there', async () => {
    const deleted = posthogTest.sandbox.state.project(projectId).reviews.find((review) => review.deleted);
    const globex = firstOf(posthogTest.sandbox.state.project(2002).reviews);
    const ids = [firstOf(living()).id, deleted?.id ?? '', globex.id, 'nonsense'];
    const found = await posthogTest.connect().reviews.getReviews(ids.map(key.review));
    expect([...found.keys()]).toEqual([key.review(ids[0] ?? '').id]);
    expect(posthogTest.asked()).toHaveLength(3);
  });
});

describe('listing reviews', () => {
  it('goes to the end, last changed first, without skip or repeat while reviews are added', async () => {
    const expected = living()
      .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
      .map(({ id }) => id);
    const pages = await readPages(posthogTest.connect().reviews.listReviews({}, lastChanged), 25, (count) =>
      addReviews(`late-${count}`),
    );
    expect(pages.flatMap(({ items }) => items.map(({ vendorId }) => vendorId))).toEqual(expected);
    expect(firstOf(pages).total).toBe(66);
    expect(firstOf(posthogTest.asked())).toBe(`${root}/trace_reviews/?limit=25`);
  });

  it('passes filters and order on', async () => {
    const { reviews } = posthogTest.connect();
    const review = living().find(({ scores }) => scores.length > 0);
    const definition = review?.scores[0]?.definition.id ?? '';
    const filter = {
      traceIds: [review?.traceId ?? '', 'other'],
      definitions: [key.definition(definition), key.definition('nonsense')],
      search: ' ',
    };
    const page = await reviews
      .listReviews(filter, { field: 'CREATED_AT', direction: 'ASC' })
      .fetch(undefined, 9);
    expect(only(page.items).vendorId).toBe(review?.id);
    expect(posthogTest.asked()).toEqual([
      `${root}/trace_reviews/?trace_id__in=${review?.traceId},other&definition_id__in=${definition}&order_by=created_at&limit=9`,
    ]);
  });

  it('asks nothing for a filter that nothing can meet', async () => {
    const { reviews } = posthogTest.connect();
    const filters = [
      { traceIds: [] },
      { traceIds: ['', ' blank ', 'x'.repeat(256)] },
      { definitions: [] },
      { definitions: [key.definition('nonsense')] },
    ];
    for (const filter of filters) {
      expect(await readAll(reviews.listReviews(filter, lastChanged))).toEqual([]);
    }
    expect(posthogTest.asked()).toEqual([]);
  });

  it('asks for a trace id with a comma by itself, and merges several in order', async () => {
    addReviews('a,b', 'plain', 'c,d');
    const { reviews } = posthogTest.connect();
    const one = await readAll(reviews.listReviews({ traceIds: ['a,b'] }, lastChanged));
    expect(one.map(({ traceId }) => traceId)).toEqual(['a,b']);
    expect(posthogTest.asked()).toEqual([`${root}/trace_reviews/?trace_id=a,b&limit=25`]);

    const traceIds = ['a,b', 'c,d', 'plain', 'absent', 'a,b'];
    const pages = await readPages(reviews.listReviews({ traceIds }, lastChanged), 2);
    expect(pages.map(({ items }) => items.map(({ traceId }) => traceId))).toEqual([
      ['c,d', 'plain'],
      ['a,b'],
    ]);
    expect(firstOf(pages).total).toBe(3);
    const oldest = await readAll(
      reviews.listReviews({ traceIds }, { field: 'CREATED_AT', direction: 'ASC' }),
    );
    expect(oldest.map(({ traceId }) => traceId)).toEqual(['a,b', 'plain', 'c,d']);
    expect(posthogTest.asked()).toHaveLength(6);
  });

  it('refuses more score definitions than one address holds', () => {
    const definitions = Array.from({ length: 101 }, () => key.definition(randomUUID()));
    const { reviews } = posthogTest.connect();
    expect(() => reviews.listReviews({ definitions }, lastChanged)).toThrow(InvalidInputError);
  });
});

describe('reviews by trace', () => {
  it('come in one request for many, and a trace without one is not there', async () => {
    const traceIds = living().map(({ traceId }) => traceId);
    const found = await posthogTest.connect().reviews.getReviewsByTrace([...traceIds, 'never-reviewed', ' ']);
    expect([...found.keys()].sort()).toEqual(traceIds.toSorted());
    expect(posthogTest.asked()).toEqual([
      `${root}/trace_reviews/?trace_id__in=${[...traceIds, 'never-reviewed'].join(',')}&limit=67`,
    ]);
  });

  it('come 200 a request, and in as many more as commas and length make it take', async () => {
    addReviews('a,b');
    const many = Array.from({ length: 201 }, (_, index) => `trace-${index}`);
    const { reviews } = posthogTest.connect();
    expect([...(await reviews.getReviewsByTrace([...many, 'a,b', 'c,d'])).keys()]).toEqual(['a,b']);
    expect(posthogTest.asked()).toHaveLength(4);
    await reviews.getReviewsByTrace(Array.from({ length: 40 }, (_, index) => `${'ü'.repeat(100)}${index}`));
    const lengths = posthogTest.sandbox.server.requests.all.map(({ url }) => url.length);
    expect(lengths).toHaveLength(4);
    expect(Math.max(...lengths)).toBeLessThan(8_100);
  });

  it('make no call for none', async () => {
    expect((await posthogTest.connect().reviews.getReviewsByTrace([])).size).toBe(0);
    expect(posthogTest.asked()).toEqual([]);
  });

  it('carry an error for each trace of a request that failed, and for those that a bad row may be of', async () => {
    addReviews('a,b', 'plain');
    posthogTest.sandbox.server.faults.add({ path: 'trace_id=', effect: { type: 'answer', status: 500 } });
    const found = await posthogTest.connect().reviews.getReviewsByTrace(['a,b', 'plain']);
    expect(found.get('a,b')).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(found.get('plain')).toMatchObject({ traceId: 'plain' });

    posthogTest.sandbox.server.faults.clear();
    addReviews('second');
    await posthogTest.spoil(`${root}/trace_reviews/?trace_id__in=plain,second`, (rows) =>
      rows.map((row) => (row['trace_id'] === 'plain' ? { ...row, trace_id: 7 } : row)),
    );
    const bad = await posthogTest.connect().reviews.getReviewsByTrace(['plain', 'second']);
    expect(bad.get('plain')).toBeInstanceOf(SourceError);
    expect(bad.get('second')).toMatchObject({ traceId: 'second' });
  });
});
