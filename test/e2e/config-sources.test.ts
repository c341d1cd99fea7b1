import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startTestGateway } from '../support/gateway.ts';
import { vendorsUnderTest } from '../support/vendor-failures.ts';

const settingsOf = {
  datadog: ['DD_API_KEY', 'DD_APP_KEY'],
  humanloop: ['HUMANLOOP_API_KEY'],
  posthog: ['POSTHOG_PERSONAL_API_KEY', 'POSTHOG_PROJECT_ID'],
} as const;

const subsets = Array.from({ length: 8 }, (_, bits) =>
  vendorsUnderTest.filter((_vendor, index) => (bits >> index) % 2 === 1),
);

describe('any subset of the vendors may be configured', () => {
  it.each(
    subsets.map((configured) => ({
      configured,
      name: configured.map(({ key }) => key).join(' and ') || 'none',
    })),
  )('$name', async ({ configured }) => {
    const absent = vendorsUnderTest.filter((vendor) => !configured.includes(vendor));
    const environment = Object.fromEntries(
      absent.flatMap(({ key }) => settingsOf[key].map((name) => [name, undefined])),
    );
    const gateway = await startTestGateway({ environment });
    try {
      const named = absent[0]?.vendor ?? 'POSTHOG';
      type Data = {
        sources: { vendor: string; status: string; statusReason: string | null; rateLimit: object | null }[];
        datasets: { nodes: { vendor: string }[]; sourceErrors: object[] };
        prompts: { sourceErrors: { vendor: string; code: string; message: string }[] };
      };
      const { data, errors } = await gateway.query<Data, object>(
        `query ($named: [Vendor!]) {
            sources { vendor status statusReason rateLimit { limit } }
            datasets(first: 60) { nodes { vendor } sourceErrors { code } }
            prompts(filter: { vendors: $named }) { sourceErrors { vendor code message } }
            traceReviews { sourceErrors { code } } projects { sourceErrors { code } } modelLabProjects { sourceErrors { code } }
          }`,
        { named: [named] },
      );
      expect(errors).toBeUndefined();
      for (const { vendor, status, statusReason } of data.sources) {
        const isConfigured = configured.some((one) => one.vendor === vendor);
        expect(status).toBe(isConfigured ? 'UP' : 'UNCONFIGURED');
        if (!isConfigured) expect(statusReason).toMatch(/no credentials.*Set [A-Z_]+/);
      }
      // What is not configured is not missed, unless it is named or nothing else is there.
      const missed = configured.length > 0 ? [] : absent.map(() => ({ code: 'UNAUTHENTICATED' }));
      expect(data.datasets.sourceErrors).toEqual(missed);
      expect(new Set(data.datasets.nodes.map(({ vendor }) => vendor))).toEqual(
        new Set(configured.map(({ vendor }) => vendor)),
      );
      if (absent.length > 0) {
        expect(data.prompts.sourceErrors).toMatchObject([{ vendor: named, code: 'UNAUTHENTICATED' }]);
        expect(data.prompts.sourceErrors[0]?.message).toMatch(/Set [A-Z_]+/);
      }
      for (const { key } of absent) expect(gateway.received(key)).toEqual([]);
    } finally {
      await gateway.dispose();
    }
  });
});

describe('the file that LOCKSTEP_CONFIG names', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-config-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function write(content: unknown): Promise<string> {
    const path = join(folder, `${crypto.randomUUID()}.json`);
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  it('gives settings, as texts or as JSON values', async () => {
    const path = await write({
      PORT: 4321,
      MAX_DEPTH: '7',
      GRAPHIQL: false,
      POSTHOG_PERSONAL_API_KEY: 'phx_1',
      POSTHOG_PROJECT_ID: 12,
      API_KEYS: [{ name: 'a', key: '0123456789abcdef', scopes: ['read'] }],
    });
    const config = readConfig({ LOCKSTEP_CONFIG: path });
    expect(config).toMatchObject({ port: 4321, graphiql: false, useSandbox: false });
    expect(config.documentLimits.maxDepth).toBe(7);
    expect(config.sources.posthog).toMatchObject({ personalApiKey: 'phx_1', projectId: '12' });
    expect(config.apiKeys.map(({ name }) => name)).toEqual(['a']);
  });

  it('stands behind the environment, where an empty text counts as not set', async () => {
    const path = await write({ PORT: 4321, MAX_DEPTH: 7, MAX_ALIASES: 3, DD_API_KEY: '' });
    const { port, documentLimits, sources } = readConfig({
      LOCKSTEP_CONFIG: path,
      PORT: '5432',
      MAX_DEPTH: '',
    });
    expect([port, documentLimits.maxDepth, documentLimits.maxAliases]).toEqual([5432, 7, 3]);
    expect(sources.datadog.apiKey).toBeUndefined();
  });

  it('is refused for a wrong value as the environment is', async () => {
    const path = await write({ PORT: 'http', GRAPHIQL: 1, MAX_DEPTH: null });
    const message =
      /- PORT must be a whole number[\s\S]*- GRAPHIQL must be true or false[\s\S]*- MAX_DEPTH must be/;
    expect(() => readConfig({ LOCKSTEP_CONFIG: path })).toThrow(message);
    // A value that the environment stands before is not looked at.
    expect(readConfig({ LOCKSTEP_CONFIG: path, PORT: '1', GRAPHIQL: 'true', MAX_DEPTH: '2' }).port).toBe(1);
  });

  it.each([
    ['{', /is not a readable JSON file/],
    ['', /is not a readable JSON file/],
    ['[]', /must hold one JSON object/],
    ['null', /must hold one JSON object/],
    ['"PORT=1"', /must hold one JSON object/],
    ['{"PROT":1,"DD_KEY":"c4n4ry"}', /has unknown settings: PROT, DD_KEY\.$/],
    ['{"toString":1}', /has unknown settings: toString/],
    ['{"__proto__":{"PORT":1}}', /has unknown settings: __proto__/],
    ['{"LOCKSTEP_CONFIG":"other.json"}', /has unknown settings: LOCKSTEP_CONFIG/],
  ])('is refused when it holds %s', async (content, message) => {
    const path = await write(content);
    const read = (): unknown => readConfig({ LOCKSTEP_CONFIG: path });
    expect(read).toThrow(message);
    expect(read).toThrow(path);
    expect(read).not.toThrow(/c4n4ry/);
  });

  it('is refused when it is not there or cannot be read', () => {
    expect(() => readConfig({ LOCKSTEP_CONFIG: join(folder, 'nowhere.json') })).toThrow(
      /nowhere\.json is not a readable JSON file/,
    );
    expect(() => readConfig({ LOCKSTEP_CONFIG: folder })).toThrow(/is not a readable JSON file/);
    expect(readConfig({ LOCKSTEP_CONFIG: '' })).toEqual(readConfig({}));
  });
});
