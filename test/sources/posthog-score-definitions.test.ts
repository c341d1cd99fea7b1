import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/domain/errors.ts';
import { firstOf, key, only, projectId, readAll, usePostHog } from './posthog-harness.ts';

const posthogTest = usePostHog();
const root = `/api/environments/${projectId}/llm_analytics`;

function seeded() {
  return posthogTest.sandbox.state.project(projectId).definitions;
}

describe('score definitions', () => {
  it('are listed to the end and mapped', async () => {
    const listed = await readAll(posthogTest.connect().reviews.listScoreDefinitions({}));
    expect(listed).toHaveLength(66);
    const definition = firstOf(seeded());
    definition.description = '';
    const found = await posthogTest.connect().reviews.getScoreDefinitions([key.definition(definition.id)]);
    expect(found.get(key.definition(definition.id).id)).toEqual({
      ...key.definition(definition.id),
      vendor: 'POSTHOG',
      vendorId: definition.id,
      name: definition.name,
      description: null,
      kind: 'CATEGORICAL',
      archived: false,
      currentVersion: definition.versions.length,
      config: definition.versions.at(-1)?.config,
    });
    expect(posthogTest.asked().slice(3)).toEqual([`${root}/score_definitions/${definition.id}/`]);
  });

  it('are narrowed by search, kind and archived', async () => {
    const { reviews } = posthogTest.connect();
    const filter = { search: 'cost', kind: 'NUMERIC', archived: true } as const;
    const listed = await readAll(reviews.listScoreDefinitions(filter));
    expect(listed.length).toBeGreaterThan(0);
    expect(listed.every(({ name, archived }) => archived && name.includes('cost'))).toBe(true);
    expect(posthogTest.asked()).toEqual([
      `${root}/score_definitions/?search=cost&kind=numeric&archived=true&limit=25`,
    ]);
  });

  it('of kinds that are not known are picked out of all', async () => {
    await posthogTest.spoil(`${root}/score_definitions/`, (rows) =>
      rows.map((row, index) => (index === 7 ? { ...row, kind: 'stars' } : row)),
    );
    const stream = posthogTest.connect().reviews.listScoreDefinitions({ kind: 'OTHER' });
    const page = await stream.fetch(undefined, 100);
    expect(only(page.items).kind).toBe('OTHER');
    expect(page.done).toBe(true);
  });

  it('by id are picked out of one list, and what it hides is read by itself', async () => {
    const definitions = seeded();
    const ids = definitions.slice(0, 12).map(({ id }) => id);
    const baseline = await posthogTest.connect().reviews.getScoreDefinitions(ids.map(key.definition));
    expect(baseline.size).toBe(12);
    expect(posthogTest.asked()).toEqual([`${root}/score_definitions/?limit=500`]);

    posthogTest.sandbox.switches.laterScorers = true;
    const hidden = definitions.slice(0, 12).filter(({ archived }) => archived).length;
    const keys = [...ids, randomUUID(), 'nonsense'].map(key.definition);
    const later = await posthogTest.connect().reviews.getScoreDefinitions(keys);
    expect(later.size).toBe(12);
    expect(posthogTest.asked()).toHaveLength(1 + hidden + 1);
  });

  it('by id all carry the error of a list that failed', async () => {
    posthogTest.sandbox.switches.reviewsFeature = false;
    const ids = seeded()
      .slice(0, 2)
      .map(({ id }) => id);
    const found = await posthogTest.connect().reviews.getScoreDefinitions(ids.map(key.definition));
    expect([...found.values()].every((one) => one instanceof SourceError && one.code === 'FORBIDDEN')).toBe(
      true,
    );
    expect(found.size).toBe(2);
    expect(posthogTest.asked()).toHaveLength(1);
  });
});
