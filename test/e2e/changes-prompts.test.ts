import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/index.ts';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import type { Vendor } from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import {
  type Follower,
  follow,
  readCursor,
  readWithCursor,
  type ShownEvent,
  watchFast,
} from './changes-following.ts';
import { present } from './reading.ts';
import { succeed } from './writing.ts';
import { makePrompt, promptVendors } from './written-prompts.ts';

const name = 'followed-by-a-test';
const { projectId } = posthogCredentials.acme;

let gateway: TestGateway;
let id: string;
let base: string;
const followers: Follower[] = [];

beforeEach(async () => {
  gateway = await startTestGateway({ environment: watchFast });
});
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
  await gateway.dispose();
});

async function following(after: string): Promise<Follower> {
  const follower = await follow(gateway, { field: 'promptVersionChanged', ids: [id], after });
  followers.push(follower);
  return follower;
}

/** A subscription that is under way: what has happened before it was told as a gap where it may have been missed. */
async function watched(vendor: Vendor): Promise<Follower> {
  const follower = await following(await readWithCursor(gateway, 'prompt', id));
  if (vendor !== 'POSTHOG')
    expect(await follower.next()).toMatchObject({ reason: 'UNOBSERVED', resourceIds: [id] });
  return follower;
}

/** Publishes a version at the vendor; gives its ref. */
function publishBehind({ datadog, humanloop, posthog }: Sandbox, vendor: Vendor, text: string): string {
  switch (vendor) {
    case 'DATADOG': {
      const prompt = [...datadog.state.tenant('acme').prompts.values()].at(-1);
      const versions = present(prompt).versions;
      const last = present(versions.at(-1));
      const number = last.number + 1;
      const made = {
        ...last,
        id: datadog.state.uuid(),
        number,
        template: text,
        labels: [],
        createdAt: datadog.state.clock.next(),
      };
      versions.push(made);
      return String(number);
    }
    case 'HUMANLOOP': {
      const file = [...humanloop.state.acme.prompts.values()].at(-1);
      return humanloop.state.createPromptVersion(present(file).id, { model: 'gpt-4o', template: text }).id;
    }
    case 'POSTHOG': {
      const prompt = [...posthog.state.project(projectId).prompts.keys()].at(-1);
      return posthog.state.publishPrompt(projectId, present(prompt), text).id;
    }
  }
}

function archiveBehind({ datadog, humanloop, posthog }: Sandbox, vendor: Vendor): void {
  switch (vendor) {
    case 'DATADOG': {
      const prompts = datadog.state.tenant('acme').prompts;
      prompts.delete(present([...prompts.keys()].at(-1)));
      return;
    }
    case 'HUMANLOOP':
      humanloop.state.deleteFile(present([...humanloop.state.acme.prompts.keys()].at(-1)));
      return;
    case 'POSTHOG':
      posthog.state.archivePrompt(
        projectId,
        present([...posthog.state.project(projectId).prompts.keys()].at(-1)),
      );
  }
}

function steps(events: readonly ShownEvent[]): readonly string[] {
  return events.map((event) => {
    expect(event).toMatchObject({ __typename: 'PromptVersionChange', promptId: id });
    const { origin, action, previousRef, versionRef } = event;
    return `${origin} ${action} ${previousRef} > ${versionRef}`;
  });
}

describe.each(promptVendors)('versions of a prompt at %s', (vendor) => {
  beforeEach(async () => {
    ({ id, ref: base } = await makePrompt(gateway, vendor, 'One', name));
  });

  it('published and archived at the vendor are told once each, with what is there now', async () => {
    const follower = await watched(vendor);
    const first = publishBehind(gateway.sandbox, vendor, 'Two');
    const created = await follower.next();
    expect(created).toMatchObject({ version: { ref: first }, prompt: { latestVersion: { ref: first } } });
    const second = publishBehind(gateway.sandbox, vendor, 'Three');
    const events = [created, await follower.next()];
    archiveBehind(gateway.sandbox, vendor);
    const archived = await follower.next();
    expect(archived).toMatchObject({ prompt: null, version: null });
    expect(steps([...events, archived])).toEqual([
      `VENDOR CREATED ${base} > ${first}`,
      `VENDOR CREATED ${first} > ${second}`,
      `VENDOR ARCHIVED ${second} > null`,
    ]);
    expect(follower.errors).toEqual([]);
  });

  it('several, between two looks, are told one by one where they are listed', async () => {
    const follower = await watched(vendor);
    const key = { DATADOG: 'datadog', HUMANLOOP: 'humanloop', POSTHOG: 'posthog' } as const;
    const lift = gateway.sandbox[key[vendor]].server.faults.add({ effect: { type: 'reset-before' } });
    const refs = ['Two', 'Three', 'Four'].map((text) => publishBehind(gateway.sandbox, vendor, text));
    lift();
    const events = await follower.until(({ versionRef }) => versionRef === refs[2]);
    expect(steps(events.filter(({ __typename }) => __typename === 'PromptVersionChange'))).toEqual([
      `VENDOR CREATED ${base} > ${refs[0]}`,
      `VENDOR CREATED ${refs[0]} > ${refs[1]}`,
      `VENDOR CREATED ${refs[1]} > ${refs[2]}`,
    ]);
  });

  it('published and archived through this gateway are told once each, as its own', async () => {
    const follower = await watched(vendor);
    const { versionRef: made } = await succeed<{ versionRef: string }>(
      gateway,
      'publishPromptVersion',
      { promptId: id, expectedRef: base, content: { text: 'Two' } },
      'versionRef',
    );
    const events = [await follower.next()];
    const other = publishBehind(gateway.sandbox, vendor, 'By somebody else');
    events.push(await follower.next());
    await succeed(gateway, 'archivePrompt', { promptId: id });
    events.push(await follower.next());
    expect(steps(events)).toEqual([
      `GATEWAY CREATED ${base} > ${made}`,
      `VENDOR CREATED ${made} > ${other}`,
      `GATEWAY ARCHIVED ${other} > null`,
    ]);
  });

  it('published between the cursor and the subscription are never passed over in silence', async () => {
    const cursor = await readWithCursor(gateway, 'prompt', id);
    const made = publishBehind(gateway.sandbox, vendor, 'Two');
    const follower = await following(cursor);
    const event = await follower.next();
    if (vendor === 'POSTHOG') expect(steps([event])).toEqual([`VENDOR CREATED ${base} > ${made}`]);
    else expect(event).toMatchObject({ reason: 'UNOBSERVED', resourceIds: [id] });
  });

  it('that nobody has read are a gap at once', async () => {
    const cursor = await readCursor(gateway);
    publishBehind(gateway.sandbox, vendor, 'Two');
    const follower = await following(cursor);
    expect(await follower.next()).toMatchObject({ reason: 'UNOBSERVED', resourceIds: [id] });
  });
});

describe('a prompt version', () => {
  it('deployed, moved and taken off at Humanloop is told, with the environment', async () => {
    ({ id, ref: base } = await makePrompt(gateway, 'HUMANLOOP', 'One', name));
    const { state } = gateway.sandbox.humanloop;
    const file = present([...state.acme.prompts.values()].at(-1));
    const environment = present(state.acme.environments.find(({ tag }) => tag !== 'default')).name;
    const follower = await watched('HUMANLOOP');
    state.deploy(file.id, environment, base);
    const events = [await follower.next()];
    const made = publishBehind(gateway.sandbox, 'HUMANLOOP', 'Two');
    await follower.next();
    state.deploy(file.id, environment, made);
    events.push(await follower.next());
    state.undeploy(file.id, environment);
    events.push(await follower.next());
    expect(steps(events)).toEqual([
      `VENDOR DEPLOYED null > ${base}`,
      `VENDOR DEPLOYED ${base} > ${made}`,
      `VENDOR UNDEPLOYED ${made} > null`,
    ]);
    expect(new Set(events.map(({ environmentName }) => environmentName))).toEqual(new Set([environment]));
  });

  it('labeled at Datadog is told', async () => {
    ({ id, ref: base } = await makePrompt(gateway, 'DATADOG', 'One', name));
    const prompt = present([...gateway.sandbox.datadog.state.tenant('acme').prompts.values()].at(-1));
    const follower = await watched('DATADOG');
    present(prompt.versions.at(-1)).labels = ['production'];
    expect(steps([await follower.next()])).toEqual([`VENDOR LABELED ${base} > ${base}`]);
  });
});
