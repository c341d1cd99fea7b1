import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/domain/errors.ts';
import { PartialWriteError } from '../../src/domain/write-errors.ts';
import type { NewPromptVersion } from '../../src/sources/source.ts';
import { failureOf, firstOf, key, projectId } from './posthog-harness.ts';
import { promptRoot, usePostHogWrites } from './posthog-write-harness.ts';

const test = usePostHogWrites();

const content = { kind: 'TEXT', text: 'new' } as const;
const seeded = () => test.sandbox.state.project(projectId);
const family = () => firstOf([...seeded().prompts.values()]);

async function publish(version: Partial<NewPromptVersion>): Promise<unknown> {
  const { prompts, promptWriter } = test.write();
  const prompt = key.prompt(family().name);
  const base = (await prompts.latestVersion(prompt, true)) ?? expect.fail('it has a version');
  return promptWriter.publish(prompt, { content, config: base.config ?? null, ...version }, base);
}

const extras = [
  ['config', { config: { model: 'm' } }],
  ['description', { description: 'why' }],
  ['labels', { labels: ['prod'] }],
] as const;

describe('config, description and labels at an older server', () => {
  it.each(extras)('%s is refused, since it would be dropped without a word', async (field, extra) => {
    for (const write of [
      () => publish(extra),
      () => test.write().promptWriter.create({ name: 'fine', content, ...extra }),
    ]) {
      const error = await failureOf(write());
      expect(error).toBeInstanceOf(InvalidInputError);
      expect(error).toMatchObject({ issues: [{ path: [field], code: 'UNSUPPORTED' }] });
    }
    expect(test.sent()).toEqual([]);
  });

  it.each(extras)('%s that is lost where no prompt could tell before is told after', async (field, extra) => {
    seeded().prompts.clear();
    const error = await failureOf(test.write().promptWriter.create({ name: 'fine', content, ...extra }));
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error).toMatchObject({
      partial: {
        dataset: null,
        completedSteps: ['prompt fine created'],
        unknownCount: 0,
        failures: [{ path: [field], code: 'UNSUPPORTED' }],
      },
    });
    expect(seeded().prompts.has('fine')).toBe(true);
  });

  it('nothing more is read when none is given', async () => {
    await publish({ description: ' ', labels: [] });
    expect(test.read()).toHaveLength(1);
    expect(test.sent()).toHaveLength(1);
  });
});

describe('config, description and labels at a later server', () => {
  const later = () => {
    test.sandbox.switches.labels = true;
  };

  it('go with a new prompt', async () => {
    later();
    const extra = { config: { model: 'm' }, description: 'why', labels: ['prod', 'eu'] };
    const { promptWriter, prompts } = test.write();
    const prompt = await promptWriter.create({ name: 'fine', content, ...extra });
    expect(await prompts.latestVersion(prompt, true)).toMatchObject({
      config: { model: 'm' },
      description: 'why',
      labels: ['eu', 'prod'],
    });
    expect(test.read()[0]).toBe(`${promptRoot}/?content=full&limit=1`);
  });

  it('go with a version, the labels once it is there', async () => {
    later();
    const { name, versions } = family();
    const written = await publish({ config: { model: 'm' }, description: 'why', labels: ['prod'] });
    expect(written).toEqual({ versionRef: versions.at(-1)?.id, concurrentRef: null });
    const number = versions.length;
    expect(test.sent()).toEqual([
      {
        method: 'PATCH',
        path: `${promptRoot}/name/${name}/`,
        body: {
          prompt: 'new',
          config: { model: 'm' },
          version_description: 'why',
          base_version: number - 1,
        },
      },
      { method: 'PUT', path: `${promptRoot}/name/${name}/labels/prod/`, body: { version: number } },
    ]);
  });

  it('a config is carried over by PostHog when it is the base’s, and cleared by null', async () => {
    later();
    await publish({ config: { model: 'm' } });
    await publish({ config: { model: 'm' } });
    expect(family().versions.at(-1)?.config).toEqual({ model: 'm' });
    expect(test.sent().at(-1)?.body).not.toHaveProperty('config');
    await publish({ config: null });
    expect(test.sent().at(-1)?.body).toMatchObject({ config: null });
    expect(family().versions.at(-1)?.config).toBeNull();
  });

  it('labels that cannot be set leave a version that is told', async () => {
    later();
    const { faults } = test.sandbox.server;
    faults.add({
      method: 'PUT',
      path: 'labels/b/',
      effect: { type: 'answer', status: 400, body: '{"detail":"too many"}' },
    });
    faults.add({ method: 'PUT', path: 'labels/c/', effect: { type: 'reset-after' } });
    const error = await failureOf(publish({ labels: ['a', 'b', 'c'] }));
    const { id, version } = family().versions.at(-1) ?? expect.fail();
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error).toMatchObject({
      partial: {
        completedSteps: [`version ${version} published as ${id}`, 'label a set'],
        unknownCount: 1,
        failures: [
          { path: ['labels', '1'], code: 'INVALID_INPUT', message: expect.stringContaining('too many') },
          { path: ['labels', '2'], code: 'OUTCOME_UNKNOWN' },
        ],
      },
    });
  });
});
