import { describe, expect, it } from 'vitest';
import { type Answer, useHumanloop } from './humanloop-harness.ts';

describe.each(['datasets', 'prompts'] as const)('every answer about %s is as documented', (segment) => {
  const harness = useHumanloop();

  it('for reads of the whole seed', async () => {
    const { body } = await harness.call('GET', `/${segment}`, { query: { size: 1000 } });
    for (const { id, version_id } of body.records) {
      const path = { id };
      const answers = await Promise.all([
        harness.call('GET', `/${segment}/{id}`, { path, query: { version_id, include_datapoints: true } }),
        harness.call('GET', `/${segment}/{id}/versions`, { path }),
        harness.call('GET', `/${segment}/{id}/environments`, { path }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    }
  });

  it('for changes and deletions', async () => {
    const { body } = await harness.call('GET', `/${segment}`, { query: { name: 'c' } });
    const id = body.records[0]?.id ?? '';
    const made = await harness.call('POST', `/${segment}`, {
      body: { id, model: 'gpt-4o', datapoints: [{ inputs: { fresh: 'yes' } }] },
    });
    const path = { id, version_id: made.body.version_id };
    const one = '/{id}/versions/{version_id}';
    const answers: Answer[] = [
      made,
      await harness.call('PATCH', `/${segment}${one}`, { path, body: { name: 'Checked' } }),
      await harness.call('PATCH', `/${segment}/{id}`, { path, body: { path: 'Tests/Moved' } }),
      await harness.call('DELETE', `/${segment}${one}`, { path }),
      await harness.call('DELETE', `/${segment}/{id}`, { path }),
      await harness.call('DELETE', `/${segment}/{id}`, { path }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 204, 204, 404]);
    expect(answers[2]?.body.path).toBe('Tests/Moved');
  });
});
