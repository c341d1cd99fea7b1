import { describe, expect, it } from 'vitest';
import {
  at,
  openPostHog,
  owner,
  type PostHogHarness,
  paths,
  pluck,
  results,
  textAt,
} from './posthog-harness.ts';

async function firstQueues({ send }: PostHogHarness): Promise<[string, string]> {
  const [one, two] = pluck(await send('GET', paths.queues, { query: 'limit=2' }), 'id').map(String);
  return [one ?? '', two ?? ''];
}

describe('PostHog sandbox: review queues', () => {
  it('pages queues and their items', async () => {
    const { send, raw } = await openPostHog();
    for (const [template, count] of [
      [paths.queues, 66],
      [paths.queueItems, 70],
    ] as const) {
      const first = await send('GET', template, { query: 'limit=25' });
      const second = await raw('GET', textAt(first.body, 'next'), { key: owner });
      const third = await raw('GET', textAt(second.body, 'next'), { key: owner });
      expect(new Set([first, second, third].flatMap((page) => pluck(page, 'id'))).size).toBe(count);
    }
    const dates = pluck(await send('GET', paths.queueItems), 'created_at').map(String);
    expect(dates).toEqual(dates.toSorted());
  });

  it('makes, renames and deletes a queue, whose items go with it', async () => {
    const { send } = await openPostHog();
    const made = await send('POST', paths.queues, { body: { name: ' Night shift ' } });
    expect(made.body).toMatchObject({ name: 'Night shift', pending_item_count: 0 });
    expect((await send('POST', paths.queues, { body: { name: 'Night shift' } })).body).toMatchObject({
      attr: 'name',
    });
    const id = textAt(made.body, 'id');
    await send('POST', paths.queueItems, { body: { queue_id: id, trace_id: 'q1' } });
    const renamed = await send('PATCH', paths.queue, { id, body: { name: 'Day shift' } });
    expect(renamed.body).toMatchObject({ name: 'Day shift', pending_item_count: 1 });
    const found = await send('GET', paths.queues, { query: 'name=Day%20shift' });
    expect(at(found.body, 'count')).toBe(1);
    expect((await send('DELETE', paths.queue, { id })).status).toBe(204);
    expect((await send('GET', paths.queue, { id })).status).toBe(404);
    expect(at((await send('GET', paths.queueItems, { query: 'trace_id=q1' })).body, 'count')).toBe(0);
  });

  it('queues a trace once, and moves it between queues', async () => {
    const harness = await openPostHog();
    const { send } = harness;
    const [one, two] = await firstQueues(harness);
    const made = await send('POST', paths.queueItems, { body: { queue_id: one, trace_id: 'q1' } });
    expect(made.status).toBe(201);
    const again = await send('POST', paths.queueItems, { body: { queue_id: two, trace_id: 'q1' } });
    expect(again.body).toMatchObject({ attr: 'trace_id' });
    const id = textAt(made.body, 'id');
    const moved = await send('PATCH', paths.queueItem, { id, body: { queue_id: two } });
    expect(moved.body).toMatchObject({ queue_id: two, trace_id: 'q1' });
    const unknown = { queue_id: '11111111-1111-4111-8111-111111111111' };
    expect((await send('PATCH', paths.queueItem, { id, body: unknown })).body).toMatchObject({
      attr: 'queue_id',
    });
    const listed = await send('GET', paths.queueItems, { query: `queue_id=${two}&trace_id__in=q1,q2` });
    expect(pluck(listed, 'trace_id')).toEqual(['q1']);
    expect((await send('DELETE', paths.queueItem, { id })).status).toBe(204);
    expect((await send('GET', paths.queueItem, { id })).status).toBe(404);
  });

  it('takes a reviewed trace out of any queue when none is named, else only out of that one', async () => {
    const harness = await openPostHog();
    const { send } = harness;
    const [one, two] = await firstQueues(harness);
    const pending = async (trace: string) =>
      results(await send('GET', paths.queueItems, { query: `trace_id=${trace}` })).length;
    for (const trace of ['q1', 'q2', 'q3']) {
      await send('POST', paths.queueItems, { body: { queue_id: one, trace_id: trace } });
    }
    await send('POST', paths.reviews, { body: { trace_id: 'q1' } });
    expect(await pending('q1')).toBe(0);
    const made = await send('POST', paths.reviews, { body: { trace_id: 'q2', queue_id: two } });
    expect(made.body).not.toHaveProperty('queue_id');
    expect(await pending('q2')).toBe(1);
    await send('PATCH', paths.review, { id: textAt(made.body, 'id'), body: { queue_id: one } });
    expect(await pending('q2')).toBe(0);
    const unknown = '11111111-1111-4111-8111-111111111111';
    expect((await send('POST', paths.reviews, { body: { trace_id: 'q3', queue_id: unknown } })).status).toBe(
      201,
    );
    expect(await pending('q3')).toBe(1);
    const bad = await send('POST', paths.reviews, { body: { trace_id: 'q4', queue_id: 'x' } });
    expect(bad.body).toMatchObject({ attr: 'queue_id', code: 'invalid_input' });
    const reviewed = await send('POST', paths.queueItems, { body: { queue_id: one, trace_id: 'q1' } });
    expect(reviewed.body).toMatchObject({ attr: 'trace_id' });
  });
});
