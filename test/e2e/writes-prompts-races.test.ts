import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type Gate, startGate } from './gate.ts';
import { mutate, refused, succeed, takeWrites } from './writing.ts';
import { makePrompt, promptVendors, readPrompt } from './written-prompts.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
let gate: Gate | undefined;
beforeEach(() => {
  gate = undefined;
});
afterEach(async () => {
  await gateway.dispose();
  await gate?.dispose();
});

const project = posthogCredentials.acme.projectId;

async function startBehind(method: string, keepsBack: RegExp, setting: string, path = ''): Promise<Gate> {
  const door = await startGate(keepsBack, method);
  gate = door;
  gateway = await startTestGateway({ environment: { [setting]: door.origin + path } });
  return door;
}

describe('two publishers of one prompt', () => {
  it.each(promptVendors)(
    'through the gateway: one wins at %s, the others are told which version did',
    async (vendor) => {
      gateway = await startTestGateway();
      const { id, ref } = await makePrompt(gateway, vendor, 'One');
      const run = async (text: string): Promise<string> => {
        const input = { promptId: id, content: { text }, expectedRef: ref };
        return (await succeed<{ versionRef: string }>(gateway, 'publishPromptVersion', input, 'versionRef'))
          .versionRef;
      };
      const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map(run));
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(won).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(String(result.reason)).toContain(`"currentRef":"${won[0]}"`);
      }
      expect((await readPrompt(gateway, id)).versions.nodes).toHaveLength(2);
    },
  );

  it('one outside, just before ours arrives at PostHog: the vendor compares, and nothing is overwritten', async () => {
    const door = await startBehind('PATCH', /llm_prompts\/name\//, 'POSTHOG_BASE_URL');
    const { server, state } = gateway.sandbox.posthog;
    door.leadTo(server.origin);
    const { id, name, ref } = await makePrompt(gateway, 'POSTHOG', 'One');
    const run = refused(gateway, 'publishPromptVersion', {
      promptId: id,
      content: { text: 'Ours' },
      expectedRef: ref,
    });
    await door.waitFor(1);
    const theirs = state.publishPrompt(project, name, 'Theirs').id;
    door.open();
    expect(await run).toMatchObject({
      __typename: 'VersionConflictError',
      expectedRef: ref,
      currentRef: theirs,
    });
    const { latestVersion, versions } = await readPrompt(gateway, id);
    expect(latestVersion).toMatchObject({ ref: theirs, content: { text: 'Theirs' } });
    expect(versions.nodes).toHaveLength(2);
  });

  it('one outside, just before ours arrives at Humanloop: the success names their version, which is kept', async () => {
    const door = await startBehind('POST', /\/v5\/prompts$/, 'HUMANLOOP_BASE_URL', '/v5');
    const { server, state } = gateway.sandbox.humanloop;
    door.leadTo(server.origin);
    const prompt = [...state.acme.prompts.values()][1];
    const { data } = await gateway.query<{ resource: { id: string } }, object>(
      'query ($ref: VendorRef!) { resource(ref: $ref) { id } }',
      { ref: { vendor: 'HUMANLOOP', kind: 'PROMPT', vendorId: prompt?.id } },
    );
    const { id } = data.resource;
    const ref = (await readPrompt(gateway, id)).latestVersion?.ref;
    const run = succeed<{ versionRef: string; concurrentRef: string | null }>(
      gateway,
      'publishPromptVersion',
      { promptId: id, content: { text: 'Ours' }, expectedRef: ref },
      'versionRef concurrentRef',
    );
    await door.waitFor(1);
    const theirs = state.createPromptVersion(prompt?.id ?? '', { model: 'gpt-4o', template: 'Theirs' }).id;
    door.open();
    const { versionRef, concurrentRef } = await run;
    expect(concurrentRef).toBe(theirs);
    const refs = (await readPrompt(gateway, id)).versions.nodes.map((version) => version.ref);
    expect(refs.slice(0, 2).toSorted()).toEqual([versionRef, theirs].toSorted());
  });

  it('one outside, just before ours arrives at Datadog: the success names their version, which is kept', async () => {
    const door = await startBehind('POST', /\/prompts\/[^/]+\/versions$/, 'DATADOG_BASE_URL');
    const { server } = gateway.sandbox.datadog;
    door.leadTo(server.origin);
    const { id, name, ref } = await makePrompt(gateway, 'DATADOG', 'One');
    const run = succeed(
      gateway,
      'publishPromptVersion',
      { promptId: id, content: { text: 'Ours' }, expectedRef: ref },
      'versionRef concurrentRef',
    );
    await door.waitFor(1);
    const { apiKey, applicationKey } = datadogCredentials.acme.ben;
    const theirs = await fetch(`${server.origin}/api/v2/llm-obs/v1/prompts/${name}/versions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'dd-api-key': apiKey,
        'dd-application-key': applicationKey,
      },
      body: JSON.stringify({
        data: { type: 'prompt-template-versions', attributes: { template: 'Theirs' } },
      }),
    });
    expect(theirs.ok).toBe(true);
    door.open();
    expect(await run).toMatchObject({ versionRef: '3', concurrentRef: '2' });
    expect((await readPrompt(gateway, id)).versions.nodes.map((version) => version.ref)).toEqual([
      '3',
      '2',
      '1',
    ]);
  });
});

describe('PostHog’s cache of reads by name', () => {
  it('does not show the writer of a version the one before it', async () => {
    gateway = await startTestGateway();
    const { switches } = gateway.sandbox.posthog.state;
    const { id, ref } = await makePrompt(gateway, 'POSTHOG', 'One');
    switches.staleByName = true;
    const first = await succeed<{ versionRef: string; version: { content: unknown } }>(
      gateway,
      'publishPromptVersion',
      { promptId: id, content: { text: 'Two' }, expectedRef: ref },
      'versionRef version { content { ... on TextPrompt { text } } }',
    );
    expect(first.version.content).toEqual({ text: 'Two' });
    await succeed(gateway, 'publishPromptVersion', {
      promptId: id,
      content: { text: 'Three' },
      expectedRef: first.versionRef,
    });
    expect((await readPrompt(gateway, id)).latestVersion?.content).toEqual({ text: 'Three' });
  });
});

describe('a publish whose answer never comes', () => {
  it.each(promptVendors)(
    'is told as unknown at %s and sent once, and reading shows what became of it',
    async (vendor) => {
      gateway = await startTestGateway();
      const { id, ref } = await makePrompt(gateway, vendor, 'One');
      const { faults } =
        gateway.sandbox[vendor === 'DATADOG' ? 'datadog' : vendor === 'HUMANLOOP' ? 'humanloop' : 'posthog']
          .server;
      for (const method of ['POST', 'PATCH'])
        faults.add({ method, path: 'prompts', effect: { type: 'reset-after' } });
      takeWrites(gateway);
      const told = await refused(gateway, 'publishPromptVersion', {
        promptId: id,
        content: { text: 'Two' },
        expectedRef: ref,
      });
      expect(told).toMatchObject({ __typename: 'OutcomeUnknownError', code: 'OUTCOME_UNKNOWN', vendor });
      expect(takeWrites(gateway)).toHaveLength(1);
      faults.clear();
      const { latestVersion } = await readPrompt(gateway, id);
      expect(latestVersion?.content).toEqual({ text: 'Two' });
      // It happened: the same again is no new version.
      const again = { promptId: id, content: { text: 'Two' }, expectedRef: latestVersion?.ref };
      const { data } = await mutate<{ created: boolean }>(gateway, 'publishPromptVersion', again, 'created');
      expect(data?.['publishPromptVersion']).toMatchObject({ created: false });
    },
  );
});
