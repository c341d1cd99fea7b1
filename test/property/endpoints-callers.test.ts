import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockstepError } from '../../src/domain/errors.ts';
import { createRegistry, datadogSites } from '../../src/sources/registry.ts';
import { openWebSocket } from '../support/raw-websocket.ts';
import { acmeCaller } from '../support/tenants.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type HostileScene, startHostileScene } from './hostile-scene.ts';
import { hostileTexts } from './hostile-values.ts';

const runs = { seed: 20_261_127, numRuns: 500 };

/** What callers send for a vendor, by the headers of its credentials; a site and a project stand beside keys. */
const headerNames = [
  ...['x-datadog-api-key', 'x-datadog-application-key', 'x-datadog-site', 'x-humanloop-api-key'],
  ...['x-posthog-api-key', 'x-posthog-project-id'],
] as const;

const sites: readonly string[] = Object.values(datadogSites);
const hosts = fc.oneof(
  hostileTexts,
  fc.tuple(fc.constantFrom(...sites), hostileTexts).map(([site, text]) => site + text),
  fc.tuple(hostileTexts, fc.constantFrom(...sites)).map(([text, site]) => text + site),
  fc.constantFrom(
    ...[
      ...sites,
      ...Object.keys(datadogSites),
      'localhost',
      '127.0.0.1',
      '[::1]',
      '169.254.169.254',
      '0x7f000001',
    ],
    ...[
      'datadoghq.com.evil.example',
      'evil.example/.datadoghq.com',
      'datadoghq.com@evil.example',
      'datadoghq.com:1',
    ],
    ...[
      'ｄatadoghq.com',
      'datadoghq。com',
      'datadoghq.com\0',
      ' datadoghq.com ',
      'DATADOGHQ.COM',
      'constructor',
    ],
  ),
);

describe('where the account of a caller is', () => {
  const registry = createRegistry(
    {
      datadog: { site: undefined, baseUrl: undefined, apiKey: 'own', appKey: 'own', sandbox: false },
      humanloop: { baseUrl: 'https://humanloop.example/v5', apiKey: 'own', sandbox: false },
      posthog: {
        baseUrl: 'https://posthog.example',
        personalApiKey: 'own',
        projectId: '1',
        sandbox: false,
      },
    },
    Buffer.alloc(32),
  );
  const allowed = new Set([
    ...sites.map((site) => `https://api.${site}`),
    'https://humanloop.example',
    'https://posthog.example',
  ]);

  it('is the vendor, one of its published sites, whatever the headers hold', () => {
    const keys = fc.oneof(fc.constantFrom('key', undefined), hostileTexts);
    const sent = fc.record({
      'x-datadog-api-key': keys,
      'x-datadog-application-key': keys,
      'x-datadog-site': fc.oneof(fc.constant(undefined), hosts),
      'x-humanloop-api-key': keys,
      'x-posthog-api-key': keys,
      'x-posthog-project-id': fc.oneof(fc.constantFrom('7', undefined), hostileTexts),
    } satisfies Record<(typeof headerNames)[number], fc.Arbitrary<string | undefined>>);
    const seen = new Set<string>();
    fc.assert(
      fc.property(sent, (headers) => {
        for (const definition of registry) {
          const read = (name: string): string | undefined => new Map(Object.entries(headers)).get(name);
          try {
            const account = definition.accountFor(read);
            if (account === undefined) continue;
            seen.add(account.origin);
            expect(allowed).toContain(account.origin);
            expect(account.pathPrefix).toBe(definition.vendor === 'HUMANLOOP' ? '/v5' : '');
            expect(account.project ?? '1').toMatch(/^\d+$/);
            for (const value of Object.values(account.headers))
              expect(value).toMatch(/^(Bearer )?[\x21-\x7e]+$/);
          } catch (error) {
            if (!(error instanceof LockstepError)) throw error;
            expect(error.code).toBe('INVALID_INPUT');
          }
        }
      }),
      runs,
    );
    // More than one site was asked for rightly, and got.
    expect(seen.size).toBeGreaterThan(5);
  });
});

describe('over sockets', () => {
  let scene: HostileScene;

  forbidUnhandledRejections();
  beforeAll(async () => {
    // By any name, so that its header can be hostile too.
    scene = await startHostileScene({ ALLOW_ANONYMOUS: 'true' });
  });
  afterAll(async () => {
    await scene?.dispose();
  });

  const query =
    '{ datasets(first: 1) { nodes { id } sourceErrors { code } } traceReviews(first: 1) { nodes { id } } }';

  /** Why nothing of it is a request of its own, or another host: each is one request with the headers of that vendor. */
  it('no header of a caller reaches a vendor as anything but a key', async () => {
    // What HTTP can carry: Node refuses to send the rest.
    const carried = hosts.map((text) => text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, ''));
    for (const name of headerNames) {
      await fc.assert(
        fc.asyncProperty(carried, async (text) => {
          scene.clear();
          await scene.query(query, {}, { ...acmeCaller, [name]: text });
          scene.check(text);
        }),
        { ...runs, numRuns: 15 },
      );
    }
  });

  it('nor does a member of `connectionParams`, which can hold any text', async () => {
    for (const name of headerNames) {
      await fc.assert(
        fc.asyncProperty(hosts, async (text) => {
          scene.clear();
          const { socket, send, message, closed } = await openWebSocket(scene.gateway.url);
          send({ type: 'connection_init', payload: { ...acmeCaller, [name]: text } });
          await message('connection_ack');
          send({ id: 'a', type: 'subscribe', payload: { query } });
          const answer = await Promise.race([message('next'), message('error').catch(() => undefined)]);
          expect(JSON.stringify(answer)).not.toContain('"INTERNAL"');
          socket.close();
          await closed;
          scene.check(text);
        }),
        { ...runs, numRuns: 10 },
      );
    }
  });

  it('and no header that a vendor is not meant to get comes to it', async () => {
    scene.clear();
    const others = { cookie: 'a=b', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    const answer = await scene.query(
      query,
      {},
      { ...others, host: 'evil.example', authorization: 'Bearer x' },
    );
    expect(answer.status).toBe(200);
    expect(scene.vendors.posthog.received.length).toBeGreaterThan(0);
    scene.check('');
  });
});
