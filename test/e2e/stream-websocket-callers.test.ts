import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebSocket } from '../support/raw-websocket.ts';
import { followWs } from '../support/stream-client.ts';
import { asAda, asBen, lockDraft, unlockDraft } from './drafts.ts';
import { keysFor, type LockData, type LockScene, startLockScene, staying } from './stream-locks.ts';

const allowed = 'https://app.example.com';

let open: LockScene;
let closed: LockScene;

beforeAll(async () => {
  open = await startLockScene();
  closed = await startLockScene(
    { environment: { API_KEYS: keysFor(3_600_000), CORS_ORIGINS: allowed } },
    staying,
  );
});
afterAll(async () => {
  await open?.dispose();
  await closed?.dispose();
});

async function hello(connectionParams: unknown, headers: Record<string, string> = {}): Promise<string> {
  const raw = await openWebSocket(closed.gateway.url, { headers });
  raw.send({ type: 'connection_init', payload: connectionParams });
  const outcome = await Promise.race([
    raw.message('connection_ack').then(() => 'welcome'),
    raw.closed.then(({ code, reason }) => `${code} ${reason}`),
  ]).catch(async () => raw.closed.then(({ code, reason }) => `${code} ${reason}`));
  raw.socket.close();
  await raw.closed;
  return outcome;
}

describe('who calls over a WebSocket', () => {
  it.each([
    ['no key', {}],
    ['nothing at all', undefined],
    ['an unknown key', { authorization: 'Bearer key-of-nobody-0123456789' }],
    ['what is no text', { authorization: ['Bearer key-of-staying-0123456789'] }],
  ])('is turned away with %s', async (_what, params) => {
    expect(await hello(params)).toBe('4403 Forbidden');
  });

  it('is known by a member of connectionParams, whatever its case, or by a header of the upgrade', async () => {
    expect(await hello(staying)).toBe('welcome');
    expect(await hello({ Authorization: staying.authorization })).toBe('welcome');
    expect(await hello({}, staying)).toBe('welcome');
  });

  it('is who connectionParams say, whatever the upgrade says', async () => {
    const unknown = { authorization: 'Bearer key-of-nobody-0123456789' };
    expect(await hello(staying, unknown)).toBe('welcome');
    expect(await hello(unknown, staying)).toBe('4403 Forbidden');
  });

  it('is who their credentials at a vendor say', async () => {
    const held = async (params: Readonly<Record<string, string>>): Promise<unknown> => {
      const { next, close } = followWs<{ dataset: { draftLock: { heldByCaller: boolean | null } } }>(
        open.gateway.url,
        {
          query: 'query ($id: ID!) { dataset(id: $id) { draftLock { heldByCaller } } }',
          variables: { id: open.id },
        },
        { connectionParams: params },
      );
      const { data } = await next();
      await close();
      return data?.dataset.draftLock.heldByCaller;
    };
    await lockDraft(open.gateway, open.id, asAda);
    const shouted = Object.fromEntries(
      Object.entries(asAda).map(([name, value]) => [name.toUpperCase(), value]),
    );
    // Who Ben is at the vendor has not come to light yet.
    expect([await held(asAda), await held(shouted), await held(asBen)]).toEqual([true, true, null]);
    await unlockDraft(open.gateway, open.id, asAda);
  });

  it('follows with a key as without', async () => {
    const follower = followWs<LockData>(closed.gateway.url, closed.request(), { connectionParams: staying });
    await closed.subscribers(1);
    await closed.lock();
    expect((await follower.next()).data?.event.__typename).toBe('DraftLockChange');
    await follower.close();
    await closed.unlock();
    await closed.subscribers(0);
  });
});

describe('where a WebSocket comes from', () => {
  const upgrade = async ({ gateway }: LockScene, headers: Record<string, string>): Promise<string> => {
    try {
      const raw = await openWebSocket(gateway.url, { headers });
      raw.socket.close();
      await raw.closed;
      return 'open';
    } catch (error) {
      return String(error);
    }
  };

  it.each(['https://evil.example.com', 'null', 'http://127.0.0.1:1', allowed])(
    'is refused for a page of %s',
    async (origin) => {
      expect(await upgrade(open, { origin })).toContain('403');
    },
  );

  it('is refused where a browser says that it is another site', async () => {
    expect(await upgrade(open, { 'sec-fetch-site': 'cross-site' })).toContain('403');
  });

  it('is well for pages of the gateway and of allowed origins, and for what is no browser', async () => {
    expect(await upgrade(open, { origin: open.gateway.origin, 'sec-fetch-site': 'same-origin' })).toBe(
      'open',
    );
    expect(await upgrade(closed, { origin: allowed, 'sec-fetch-site': 'cross-site' })).toBe('open');
    expect(await upgrade(open, {})).toBe('open');
  });
});
