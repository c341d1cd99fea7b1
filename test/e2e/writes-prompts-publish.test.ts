import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { pathsOf, refused, succeed, takeWrites } from './writing.ts';
import { makePrompt, promptName, promptVendors, readPrompt } from './written-prompts.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

interface Published {
  readonly versionRef: string;
  readonly concurrentRef: string | null;
  readonly created: boolean;
  readonly version: { readonly ref: string; readonly content: { readonly text?: string } } | null;
  readonly prompt: { readonly latestVersion: { readonly ref: string } | null } | null;
}
const selection =
  'versionRef concurrentRef created version { ref content { ... on TextPrompt { text } } } prompt { latestVersion { ref } }';

function publish(promptId: string, expectedRef: string, change: object): Promise<Published> {
  return succeed<Published>(gateway, 'publishPromptVersion', { promptId, expectedRef, ...change }, selection);
}

describe.each(promptVendors)('publishPromptVersion at %s', (vendor) => {
  it('writes a version after the one that was edited, and reads it back', async () => {
    const { id, ref } = await makePrompt(gateway, vendor, 'One');
    takeWrites(gateway);
    const published = await publish(id, ref, { content: { text: 'Two' } });
    expect(takeWrites(gateway)).toHaveLength(1);
    expect(published).toMatchObject({ created: true, concurrentRef: null });
    expect(published.versionRef).not.toBe(ref);
    expect(published.version).toEqual({ ref: published.versionRef, content: { text: 'Two' } });
    expect(published.prompt?.latestVersion).toEqual({ ref: published.versionRef });
    const { versions } = await readPrompt(gateway, id);
    expect(versions.nodes.map((version) => version.ref)).toEqual([published.versionRef, ref]);
  });

  it('writes nothing on another version than the newest, and tells which that is', async () => {
    const { id, ref } = await makePrompt(gateway, vendor, 'One');
    const { versionRef } = await publish(id, ref, { content: { text: 'Two' } });
    takeWrites(gateway);
    for (const change of [{ content: { text: 'Three' } }, { edits: [{ old: 'One', new: 'Three' }] }]) {
      const told = await refused(gateway, 'publishPromptVersion', {
        promptId: id,
        expectedRef: ref,
        ...change,
      });
      expect(told).toMatchObject({
        __typename: 'VersionConflictError',
        expectedRef: ref,
        currentRef: versionRef,
      });
    }
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('makes no version of what is the newest already, and sends nothing', async () => {
    const { id, ref } = await makePrompt(gateway, vendor, 'Same');
    const config = (await readPrompt(gateway, id)).latestVersion?.config;
    takeWrites(gateway);
    const same = [
      { content: { text: 'Same' } },
      { content: { text: 'Same' }, config },
      { content: { text: 'Same' }, labels: [] },
      { edits: [{ old: 'S', new: 'S' }] },
      {
        edits: [
          { old: 'Same', new: 'Other' },
          { old: 'Other', new: 'Same' },
        ],
      },
    ];
    for (const change of same) {
      const published = await publish(id, ref, change);
      expect(published).toMatchObject({
        created: false,
        versionRef: ref,
        concurrentRef: null,
        version: { ref },
      });
    }
    expect(takeWrites(gateway)).toEqual([]);
    expect((await readPrompt(gateway, id)).versions.nodes).toHaveLength(1);
  });

  it('refuses what would have gone with a version that is not made', async () => {
    const { id, ref } = await makePrompt(gateway, vendor, 'Same');
    takeWrites(gateway);
    for (const field of ['description', 'labels']) {
      const value = field === 'labels' ? ['production'] : 'Nothing new';
      const input = { promptId: id, expectedRef: ref, content: { text: 'Same' }, [field]: value };
      const told = await refused(gateway, 'publishPromptVersion', input);
      expect(pathsOf(told)).toEqual([`input.${field}`]);
    }
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('makes edits in order, each to what the ones before it left', async () => {
    const { id, ref } = await makePrompt(gateway, vendor, 'Be brief. Be kind. Say hello.');
    const edits = [
      { old: 'Be brief', new: 'Be short' },
      { old: 'short. Be kind', new: 'short and kind' },
      { old: ' Say hello.', new: '' },
      { old: 'kind.', new: "$& $1 $' \\n kind!" },
    ];
    const { version } = await publish(id, ref, { edits });
    expect(version?.content.text).toBe("Be short and $& $1 $' \\n kind!");
  });

  const failing: readonly [string, readonly { old: string; new: string }[], number, RegExp][] = [
    ['is not there', [{ old: 'absent', new: 'x' }], 0, /does not occur/],
    ['is there twice', [{ old: 'aa', new: 'x' }], 0, /more than once/],
    ['is there twice, overlapping', [{ old: 'bbb', new: 'x' }], 0, /more than once/],
    ['is empty', [{ old: '', new: 'x' }], 0, /empty/],
    [
      'an edit before it has taken away',
      [
        { old: 'unique', new: '' },
        { old: 'unique', new: 'x' },
      ],
      1,
      /does not occur/,
    ],
    [
      'an edit before it has doubled',
      [
        { old: 'unique', new: 'cc cc' },
        { old: 'cc', new: 'x' },
      ],
      1,
      /more than once/,
    ],
    [
      'differs in case',
      [
        { old: 'unique', new: 'u' },
        { old: 'U', new: 'x' },
      ],
      1,
      /does not occur/,
    ],
  ];
  it.each(failing)(
    'refuses an edit whose `old` %s, by its index, and writes nothing',
    async (_what, edits, index, why) => {
      const { id, ref } = await makePrompt(gateway, vendor, 'aa aa bbbb unique');
      takeWrites(gateway);
      const told = await refused(gateway, 'publishPromptVersion', { promptId: id, expectedRef: ref, edits });
      expect(told).toMatchObject({
        __typename: 'InvalidInputError',
        issues: [{ message: expect.stringMatching(why) }],
      });
      expect(pathsOf(told)).toEqual([`input.edits.${index}.old`]);
      expect(told.message).toContain(`Edit ${index}`);
      expect(takeWrites(gateway)).toEqual([]);
    },
  );

  it('takes exactly one of content and edits', async () => {
    const { id, ref } = await makePrompt(gateway, vendor, 'One');
    takeWrites(gateway);
    const edits = [{ old: 'One', new: 'Two' }];
    for (const change of [
      {},
      { edits: [] },
      { content: null },
      { content: { text: 'x' }, edits },
      { content: { text: 'x' }, edits: [] },
    ]) {
      const told = await refused(gateway, 'publishPromptVersion', {
        promptId: id,
        expectedRef: ref,
        ...change,
      });
      expect(pathsOf(told)).toEqual(['input.content']);
    }
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('the settings of a version', () => {
  const configured = ['DATADOG', 'HUMANLOOP'] as const;

  async function configNow(id: string): Promise<unknown> {
    return (await readPrompt(gateway, id)).latestVersion?.config;
  }

  it.each(configured)('are carried over at %s when they are left out', async (vendor) => {
    const config = { model: 'gpt-4o', temperature: 0.25 };
    const input = { vendor, name: promptName('config'), content: { text: 'One' }, config };
    const { promptId, prompt } = await succeed<{
      promptId: string;
      prompt: { latestVersion: { ref: string } };
    }>(gateway, 'createPrompt', input, 'promptId prompt { latestVersion { ref } }');
    const before = await configNow(promptId);
    expect(before).toMatchObject(config);
    await publish(promptId, prompt.latestVersion.ref, { content: { text: 'Two' } });
    expect(await configNow(promptId)).toEqual(before);
  });

  it.each(configured)(
    'are replaced whole at %s when they are given, and make a version of their own',
    async (vendor) => {
      const { id, ref } = await makePrompt(gateway, vendor, 'Same');
      const config = { model: 'gpt-4o-mini', max_tokens: 100 };
      const published = await publish(id, ref, { content: { text: 'Same' }, config });
      expect(published.created).toBe(true);
      const now = await configNow(id);
      expect(now).toMatchObject(config);
      expect(now).not.toHaveProperty('temperature');
      // The order of members makes no difference.
      const same = Object.fromEntries(Object.entries(now as object).reverse()); // It has just been shown to be an object.
      expect(
        await publish(id, published.versionRef, { content: { text: 'Same' }, config: same }),
      ).toMatchObject({
        created: false,
      });
    },
  );

  it('are cleared by null at Datadog, and cannot be at Humanloop, which needs a model', async () => {
    const config = { model: 'm', deep: { list: [1] } };
    const input = { vendor: 'DATADOG', name: promptName('cleared'), content: { text: 'One' }, config };
    const { promptId, prompt } = await succeed<{
      promptId: string;
      prompt: { latestVersion: { ref: string } };
    }>(gateway, 'createPrompt', input, 'promptId prompt { latestVersion { ref } }');
    await publish(promptId, prompt.latestVersion.ref, { content: { text: 'Two' }, config: null });
    expect([null, {}]).toContainEqual(await configNow(promptId));
    const { id, ref } = await makePrompt(gateway, 'HUMANLOOP', 'One');
    const told = await refused(gateway, 'publishPromptVersion', {
      promptId: id,
      expectedRef: ref,
      content: { text: 'Two' },
      config: null,
    });
    expect(pathsOf(told)).toEqual(['input.config.model']);
  });

  it('are refused by a PostHog that has none', async () => {
    const { id, ref } = await makePrompt(gateway, 'POSTHOG', 'One');
    takeWrites(gateway);
    const input = { promptId: id, expectedRef: ref, content: { text: 'Two' }, config: { model: 'm' } };
    expect(pathsOf(await refused(gateway, 'publishPromptVersion', input))).toEqual(['input.config']);
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('labels of a new version', () => {
  it('move to it at Datadog', async () => {
    const { id, ref } = await makePrompt(gateway, 'DATADOG', 'One');
    const first = await publish(id, ref, { content: { text: 'Two' }, labels: ['production', 'development'] });
    expect((await readPrompt(gateway, id)).latestVersion?.labels?.toSorted()).toEqual([
      'development',
      'production',
    ]);
    await publish(id, first.versionRef, { content: { text: 'Three' }, labels: ['production'] });
    expect((await readPrompt(gateway, id)).latestVersion?.labels).toEqual(['production']);
  });

  it.each([
    ['HUMANLOOP', 'production', 'input.labels'],
    ['POSTHOG', 'production', 'input.labels'],
    ['DATADOG', 'canary', 'input.labels.0'],
  ] as const)('are refused at %s where there are none such: %s', async (vendor, label, path) => {
    const { id, ref } = await makePrompt(gateway, vendor, 'One');
    takeWrites(gateway);
    const input = { promptId: id, expectedRef: ref, content: { text: 'Two' }, labels: [label] };
    expect(pathsOf(await refused(gateway, 'publishPromptVersion', input))).toEqual([path]);
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('chat messages', () => {
  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'are published whole at %s, and are no text to edit',
    async (vendor) => {
      const messages = [
        { role: 'system', content: 'a' },
        { role: 'user', content: 'b' },
      ];
      const { id, ref } = await makePrompt(gateway, vendor, 'One');
      const { versionRef } = await publish(id, ref, { content: { messages } });
      expect((await readPrompt(gateway, id)).latestVersion?.content).toEqual({ messages });
      expect(await publish(id, versionRef, { content: { messages } })).toMatchObject({ created: false });
      takeWrites(gateway);
      const edits = [{ old: 'a', new: 'c' }];
      const told = await refused(gateway, 'publishPromptVersion', {
        promptId: id,
        expectedRef: versionRef,
        edits,
      });
      expect(pathsOf(told)).toEqual(['input.edits']);
      expect(takeWrites(gateway)).toEqual([]);
    },
  );
});
