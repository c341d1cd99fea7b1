import { readFileSync } from 'node:fs';
import { applyPatch } from 'diff';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Vendor } from '../generated/graphql.ts';
import { type Answer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { vendorsUnderTest } from '../support/vendor-failures.ts';
import { dataOf, present } from './reading.ts';
import { succeed } from './writing.ts';
import { configOf, makePrompt, promptName, promptVendors } from './written-prompts.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
let ids: KnownIds;
beforeAll(async () => {
  gateway = await startTestGateway();
  ids = await readKnownIds(gateway);
});
afterAll(() => gateway.dispose());
afterEach(() => {
  for (const { key } of vendorsUnderTest) gateway.sandbox[key].server.faults.clear();
});

interface ShownDiff {
  readonly base: { readonly ref: string } | null;
  readonly head: { readonly ref: string } | null;
  readonly identical: boolean;
  readonly unified: string;
  readonly configPaths: readonly string[];
}
interface VersionInput {
  readonly promptId: string;
  readonly versionRef?: string | null;
}

const document = readFileSync('test/documents/prompt-diff.graphql', 'utf8');

function diff(
  base: VersionInput,
  head: VersionInput,
): Promise<Answer<{ readonly promptDiff: ShownDiff | null }>> {
  return gateway.query<{ promptDiff: ShownDiff | null }, object>(document, { base, head });
}

async function compared(base: VersionInput, head: VersionInput): Promise<ShownDiff> {
  return present(dataOf(await diff(base, head)).promptDiff);
}

async function publish(promptId: string, expectedRef: string, change: object): Promise<string> {
  const input = { promptId, expectedRef, ...change };
  return (await succeed<{ versionRef: string }>(gateway, 'publishPromptVersion', input, 'versionRef'))
    .versionRef;
}

async function makeChat(vendor: Vendor, messages: readonly object[]): Promise<string> {
  const input = { vendor, name: promptName('chat'), content: { messages }, ...configOf(vendor) };
  return (await succeed<{ promptId: string }>(gateway, 'createPrompt', input, 'promptId')).promptId;
}

describe.each(promptVendors)('promptDiff at %s', (vendor) => {
  it('is the unified diff of two versions, which gives the later one when it is applied', async () => {
    const [before, after] = ['You help.\nBe brief.\nSay please.', 'You help.\nBe kind.\nSay please.\n'];
    const { id, ref } = await makePrompt(gateway, vendor, before);
    const headRef = await publish(id, ref, { content: { text: after } });
    const shown = await compared({ promptId: id, versionRef: ref }, { promptId: id, versionRef: headRef });
    expect(shown).toMatchObject({ base: { ref }, head: { ref: headRef }, identical: false, configPaths: [] });
    expect(shown.unified).toBe(
      `--- base\t${ref}\n+++ head\t${headRef}\n@@ -1,3 +1,3 @@\n You help.\n-Be brief.\n-Say please.\n\\ No newline at end of file\n+Be kind.\n+Say please.\n`,
    );
    expect(applyPatch(before, shown.unified, { fuzzFactor: 0 })).toBe(after);
  });

  it('finds nothing between a version and itself, and takes the current one where none is named', async () => {
    const { id, ref } = await makePrompt(gateway, vendor, 'One');
    const none = { identical: true, unified: '', configPaths: [] };
    const same = await compared({ promptId: id, versionRef: ref }, { promptId: id });
    expect(same).toEqual({ base: { ref }, head: { ref }, ...none });
    const other = await makePrompt(gateway, vendor, 'One');
    expect(await compared({ promptId: id }, { promptId: other.id })).toMatchObject(none);
  });

  it('says of which side a version is not there', async () => {
    const { id } = await makePrompt(gateway, vendor, 'One');
    const { data, errors } = await diff({ promptId: id }, { promptId: id, versionRef: 'prv_0' });
    expect(data).toEqual({ promptDiff: null });
    expect(errors).toMatchObject([
      {
        path: ['promptDiff'],
        message: expect.stringMatching(/`head`: .*no version "prv_0"/),
        extensions: { code: 'NOT_FOUND' },
      },
    ]);
  });
});

describe('promptDiff', () => {
  it('names the settings that differ by JSON pointers', async () => {
    const { id, ref } = await makePrompt(gateway, 'HUMANLOOP', 'One');
    const head = await publish(id, ref, {
      content: { text: 'One' },
      config: { model: 'gpt-4o', temperature: 0.5, stop: ['END'] },
    });
    const shown = await compared({ promptId: id, versionRef: ref }, { promptId: id, versionRef: head });
    expect(shown).toMatchObject({ identical: false, unified: '' });
    expect(shown.configPaths).toEqual(expect.arrayContaining(['/stop', '/temperature']));
    expect(shown.configPaths).not.toContain('/model');
  });

  it('takes the newest version where none is deployed', async () => {
    const { id, ref } = await makePrompt(gateway, 'HUMANLOOP', 'One');
    const { state } = gateway.sandbox.humanloop;
    const file = present(
      [...state.acme.prompts.values()].find(({ versions }) => versions.at(-1)?.id === ref),
    );
    state.undeploy(file.id, 'production');
    const document = 'query ($id: ID!) { prompt(id: $id) { currentVersion { ref } } }';
    expect(dataOf(await gateway.query(document, { id }))).toEqual({ prompt: { currentVersion: null } });
    expect(await compared({ promptId: id, versionRef: ref }, { promptId: id })).toMatchObject({
      head: { ref },
      identical: true,
    });
  });

  it('reads a chat message by message, of vendors that are not the same', async () => {
    const ask = { role: 'user', content: '{{question}}' };
    const base = await makeChat('HUMANLOOP', [{ role: 'system', content: 'You help.\nBe brief.' }, ask]);
    const head = await makeChat('DATADOG', [{ role: 'system', content: 'You help.\nBe kind.' }, ask]);
    const { unified } = await compared({ promptId: base }, { promptId: head });
    expect(unified.split('\n').slice(2)).toEqual([
      '@@ -1,6 +1,6 @@',
      ' [system]',
      ' You help.',
      '-Be brief.',
      '+Be kind.',
      ' ',
      ' [user]',
      ' {{question}}',
      '',
    ]);
    const text = await makePrompt(gateway, 'POSTHOG', '{{question}}');
    const mixed = await compared({ promptId: text.id }, { promptId: head });
    expect(mixed.identical).toBe(false);
    expect(mixed.unified).toContain('+[system]\n+You help.');
  });

  it('says which argument is wrong, and asks nothing of a vendor', async () => {
    for (const { key } of vendorsUnderTest) gateway.received(key);
    const wrong: readonly (readonly [VersionInput, string])[] = [
      [{ promptId: 'nonsense' }, 'promptId'],
      [{ promptId: ids.posthogDataset }, 'promptId'],
      [{ promptId: ids.posthogPrompt, versionRef: '' }, 'versionRef'],
    ];
    for (const [input, member] of wrong) {
      for (const side of ['base', 'head']) {
        const good = { promptId: ids.datadogPrompt };
        const { data, errors } = await (side === 'base' ? diff(input, good) : diff(good, input));
        expect(data).toEqual({ promptDiff: null });
        expect(errors).toMatchObject([
          { extensions: { code: 'INVALID_INPUT', issues: [{ path: [side, member] }] } },
        ]);
      }
    }
    for (const { key } of vendorsUnderTest) expect(gateway.received(key)).toEqual([]);
  });

  it.each(vendorsUnderTest)(
    'is null where a vendor fails, and names it: $vendor',
    async ({ key, vendor }) => {
      const other = key === 'datadog' ? ids.humanloopPrompt : ids.datadogPrompt;
      gateway.sandbox[key].server.faults.add({
        effect: { type: 'answer', status: 500, body: '{}' },
      });
      const { data, errors } = await diff({ promptId: other }, { promptId: ids[`${key}Prompt`] });
      expect(data).toEqual({ promptDiff: null });
      expect(errors).toMatchObject([
        { path: ['promptDiff'], extensions: { code: 'SOURCE_UNAVAILABLE', vendor } },
      ]);
    },
  );
});
