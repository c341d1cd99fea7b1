import { describe, expect, it } from 'vitest';
import type { ScoreDefinition } from '../../sandbox/posthog/index.ts';
import {
  acmeId,
  at,
  openPostHog,
  owner,
  type PostHogHarness,
  paths,
  pluck,
  results,
  textAt,
  writer,
} from './posthog-harness.ts';

function scorer({ sandbox }: PostHogHarness, name: string): ScoreDefinition {
  const found = sandbox.state.project(acmeId).definitions.find((one) => one.name === `Support bot ${name}`);
  if (found === undefined) throw new Error(`No scorer ${name}`);
  return found;
}

describe('PostHog sandbox: listing reviews', () => {
  it('pages three pages, last changed first', async () => {
    const { send, raw } = await openPostHog();
    const first = await send('GET', paths.reviews, { query: 'limit=25' });
    const second = await raw('GET', textAt(first.body, 'next'), { key: owner });
    const third = await raw('GET', textAt(second.body, 'next'), { key: owner });
    expect([first, second, third].map((page) => results(page).length)).toEqual([25, 25, 16]);
    const dates = [first, second, third].flatMap((page) => pluck(page, 'updated_at')).map(String);
    expect(dates).toEqual(dates.toSorted().reverse());
    expect(new Set(dates).size).toBe(66);
    expect((await send('GET', paths.reviews, { query: 'offset=66' })).body).toMatchObject({
      count: 66,
      results: [],
    });
  });

  it('filters by trace ids; an empty list switches the filter off', async () => {
    const { send } = await openPostHog();
    const [one, two] = pluck(await send('GET', paths.reviews), 'trace_id').map(String);
    const count = async (query: string) => at((await send('GET', paths.reviews, { query })).body, 'count');
    expect(await count(`trace_id=${one}`)).toBe(1);
    expect(await count(`trace_id__in=${one},%20${two}%20,nobody`)).toBe(2);
    expect(await count(`trace_id__in=${one}&trace_id__in=${two}`)).toBe(1);
    expect(await count('trace_id__in=nobody')).toBe(0);
    expect(await count('trace_id__in=')).toBe(66);
    expect(await count('trace_id=')).toBe(66);
  });

  it('filters by scorers, searches, and sorts', async () => {
    const harness = await openPostHog();
    const { send } = harness;
    const [verdict, cost] = [scorer(harness, 'verdict').id, scorer(harness, 'cost').id];
    const some = await send('GET', paths.reviews, { query: `definition_id=${verdict}` });
    expect(results(some).length).toBeGreaterThan(0);
    const any = await send('GET', paths.reviews, { query: `definition_id__in=${verdict},${cost}` });
    expect(results(any).length).toBeGreaterThan(results(some).length);
    for (const query of ['definition_id=x', `definition_id__in=${verdict},x`]) {
      expect((await send('GET', paths.reviews, { query })).body).toMatchObject({ code: 'invalid_input' });
    }
    const found = await send('GET', paths.reviews, { query: 'search=HALLUCINATED' });
    for (const comment of pluck(found, 'comment')) expect(comment).toMatch(/hallucinated/i);
    const created = pluck(
      await send('GET', paths.reviews, { query: 'order_by=created_at' }),
      'created_at',
    ).map(String);
    expect(created).toEqual(created.toSorted());
    const bad = await send('GET', paths.reviews, { query: 'order_by=comment' });
    expect(bad.body).toMatchObject({ code: 'invalid_choice', attr: 'order_by' });
  });

  it('seeds scores of all three kinds, ordered by scorer name', async () => {
    const { send } = await openPostHog();
    const reviews = results(await send('GET', paths.reviews));
    const scores = reviews.flatMap((review) => {
      const found = at(review, 'scores');
      const list = Array.isArray(found) ? found : [];
      const names = list.map((score) => textAt(score, 'definition_name'));
      expect(names).toEqual(names.toSorted());
      return list;
    });
    expect(new Set(scores.map((score) => at(score, 'definition_kind'))).size).toBe(3);
    expect(scores.some((score) => at(score, 'definition_archived') === true)).toBe(true);
  });
});

describe('PostHog sandbox: writing reviews', () => {
  it('creates with scores of every kind, rendered as the vendor renders them', async () => {
    const harness = await openPostHog();
    const made = await harness.send('POST', paths.reviews, {
      key: writer,
      body: {
        trace_id: '  trace-1 ',
        comment: ' Nice. ',
        scores: [
          { definition_id: scorer(harness, 'verdict').id, categorical_values: [' GOOD '] },
          { definition_id: scorer(harness, 'helpfulness').id, numeric_value: 4.5 },
          { definition_id: scorer(harness, 'policy followed').id, boolean_value: false },
        ],
      },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      trace_id: 'trace-1',
      comment: 'Nice.',
      created_by: { id: 502 },
      reviewed_by: { id: 502 },
      scores: [
        { definition_name: 'Support bot helpfulness', numeric_value: '4.500000', definition_version: 2 },
        { definition_name: 'Support bot policy followed', boolean_value: false },
        { definition_name: 'Support bot verdict', categorical_values: ['good'] },
      ],
    });
    expect((await harness.send('GET', paths.review, { id: textAt(made.body, 'id') })).body).toEqual(
      made.body,
    );
  });

  it('keeps decimals exact', async () => {
    const harness = await openPostHog();
    const definition_id = scorer(harness, 'cost').id;
    for (const [sent, shown] of [
      ['0.1', '0.100000'],
      ['999999.999999', '999999.999999'],
      [0.000001, '0.000001'],
      [12, '12.000000'],
    ] as const) {
      const body = { trace_id: `t-${sent}`, scores: [{ definition_id, numeric_value: sent }] };
      expect(
        at((await harness.send('POST', paths.reviews, { body })).body, 'scores', 0, 'numeric_value'),
      ).toBe(shown);
    }
  });

  it('allows one active review a trace: 400, also for a blank comment and no scores', async () => {
    const { send } = await openPostHog();
    const made = await send('POST', paths.reviews, { body: { trace_id: 'trace-1', comment: '  ' } });
    expect(made.body).toMatchObject({ comment: null, scores: [] });
    const again = await send('POST', paths.reviews, { body: { trace_id: 'trace-1' } });
    expect(again.status).toBe(400);
    expect(again.body).toMatchObject({ type: 'validation_error', code: 'invalid_input', attr: 'trace_id' });
  });

  it('replaces scores in full with new ids, keeps them when left out, clears them when empty', async () => {
    const harness = await openPostHog();
    const { send } = harness;
    const score = { definition_id: scorer(harness, 'verdict').id, categorical_values: ['bad'] };
    const made = await send('POST', paths.reviews, { body: { trace_id: 't', scores: [score] } });
    const id = textAt(made.body, 'id');
    const patch = async (body: unknown) =>
      (await send('PATCH', paths.review, { id, key: writer, body })).body;
    const kept = await patch({ comment: 'Second look' });
    expect(at(kept, 'scores')).toEqual(at(made.body, 'scores'));
    const replaced = await patch({ scores: [score] });
    expect(at(replaced, 'scores', 0, 'id')).not.toBe(at(kept, 'scores', 0, 'id'));
    expect(at(replaced, 'comment')).toBe('Second look');
    expect(await patch({ scores: [], comment: null })).toMatchObject({ scores: [], comment: null });
  });

  it('makes the caller the reviewer and moves updated_at on every PATCH, even an empty one', async () => {
    const { send } = await openPostHog();
    const made = await send('POST', paths.reviews, { body: { trace_id: 't' } });
    const id = textAt(made.body, 'id');
    const patched = await send('PATCH', paths.review, { id, key: writer, body: {} });
    expect(patched.body).toMatchObject({ created_by: { id: 501 }, reviewed_by: { id: 502 } });
    expect(textAt(patched.body, 'updated_at') > textAt(made.body, 'updated_at')).toBe(true);
    expect((await send('PATCH', paths.review, { id, body: { trace_id: 't' } })).status).toBe(200);
    const moved = await send('PATCH', paths.review, { id, body: { trace_id: 'other' } });
    expect(moved.body).toMatchObject({ attr: 'trace_id' });
  });

  it('deletes softly: gone everywhere, and the trace may be reviewed anew', async () => {
    const { send } = await openPostHog();
    const made = await send('POST', paths.reviews, { body: { trace_id: 't' } });
    const id = textAt(made.body, 'id');
    expect(await send('DELETE', paths.review, { id })).toMatchObject({ status: 204, body: undefined });
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect((await send(method, paths.review, { id })).status).toBe(404);
    const again = await send('POST', paths.reviews, { body: { trace_id: 't' } });
    expect(again.status).toBe(201);
    expect(at(again.body, 'id')).not.toBe(id);
  });

  it('shows what was done behind its back', async () => {
    const { send, sandbox } = await openPostHog();
    const id = textAt(results(await send('GET', paths.reviews, { query: 'limit=1&offset=40' }))[0], 'id');
    sandbox.state.editReview(acmeId, id, { comment: 'Edited in the pages' });
    const [top] = results(await send('GET', paths.reviews, { query: 'limit=1' }));
    expect(top).toMatchObject({ id, comment: 'Edited in the pages', reviewed_by: { id: 504 } });
    sandbox.state.deleteReview(acmeId, id);
    expect((await send('GET', paths.review, { id })).status).toBe(404);
  });
});

describe('PostHog sandbox: refused scores', () => {
  it('prints the first failing element, and {} when a later one failed', async () => {
    const harness = await openPostHog();
    const good = { definition_id: scorer(harness, 'verdict').id, categorical_values: ['good'] };
    const post = async (scores: unknown) => {
      const answered = await harness.send('POST', paths.reviews, { body: { trace_id: 't', scores } });
      expect(answered.status).toBe(400);
      expect(answered.body).toMatchObject({ type: 'validation_error', attr: 'scores' });
      return textAt(answered.body, 'code');
    };
    const bad = { ...good, categorical_values: ['excellent'] };
    expect(await post([bad])).toBe("{'categorical_values': 'invalid'}");
    expect(await post([{ ...good, boolean_value: true }])).toBe("{'non_field_errors': ['invalid']}");
    expect(await post([{ categorical_values: ['good'] }])).toBe("{'definition_id': ['required']}");
    expect(await post([{ definition_id: scorer(harness, 'cost').id, numeric_value: '1' }, bad])).toBe('{}');
    expect(await post('none')).toBe('not_a_list');
    expect(await post(null)).toBe('null');
  });

  it('checks values against the version that was chosen', async () => {
    const harness = await openPostHog();
    let turn = 0;
    const status = async (name: string, score: object) => {
      turn += 1;
      const body = { trace_id: `t${turn}`, scores: [{ definition_id: scorer(harness, name).id, ...score }] };
      return (await harness.send('POST', paths.reviews, { body })).status;
    };
    const oldHelpfulness = { definition_version_id: scorer(harness, 'helpfulness').versions[0].id };
    expect(await status('helpfulness', { numeric_value: '4.5' })).toBe(201);
    expect(await status('helpfulness', { numeric_value: '4.5', ...oldHelpfulness })).toBe(400);
    expect(await status('helpfulness', { numeric_value: '5.5' })).toBe(400);
    expect(await status('helpfulness', { numeric_value: '-0.5' })).toBe(400);
    expect(await status('cost', { numeric_value: '1.0000001' })).toBe(400);
    expect(await status('cost', { numeric_value: '1000000' })).toBe(400);
    expect(await status('cost', { numeric_value: 'much' })).toBe(400);
    expect(await status('verdict', { categorical_values: ['good', 'bad'] })).toBe(400);
    expect(await status('verdict', { categorical_values: [] })).toBe(400);
    expect(await status('verdict', { boolean_value: true })).toBe(400);
    expect(await status('verdict', { categorical_values: ['good'], ...oldHelpfulness })).toBe(400);
    expect(await status('failure modes', { categorical_values: ['hallucination', 'incomplete'] })).toBe(201);
    expect(await status('failure modes', { categorical_values: ['hallucination', 'Hallucination'] })).toBe(
      400,
    );
    const archived = scorer(harness, 'verdict');
    archived.archived = true;
    expect(await status('verdict', { categorical_values: ['good'] })).toBe(201);
  });

  it('takes each scorer once, and only scorers that exist', async () => {
    const harness = await openPostHog();
    const score = { definition_id: scorer(harness, 'verdict').id, categorical_values: ['good'] };
    const unknown = { ...score, definition_id: '11111111-1111-4111-8111-111111111111' };
    for (const scores of [[score, score], [unknown]]) {
      const answered = await harness.send('POST', paths.reviews, { body: { trace_id: 't', scores } });
      expect(answered.body).toMatchObject({ attr: 'scores', code: "{'definition_id': 'invalid'}" });
    }
  });
});
