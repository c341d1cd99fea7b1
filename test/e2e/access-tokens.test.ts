import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createCapturedLog } from '../support/captured-log.ts';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { post, type RawAnswer } from '../support/graphql-post.ts';
import { openWebSocket } from '../support/raw-websocket.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const query = '{ sources { vendor } }';
const key = 'key-of-a-machine-0123456789';
const apiKeys = JSON.stringify([{ name: 'machine', key, scopes: ['read'] }]);
const now = (): number => Math.floor(Date.now() / 1_000);
const log = createCapturedLog();

let issuer: TokenIssuer;
let gateway: TestGateway;

function settingsFor(from: TokenIssuer, jwks: string = from.jwksUrl): Record<string, string> {
  return { JWT_JWKS: jwks, JWT_ISSUER: from.issuer, JWT_AUDIENCE: from.audience };
}

beforeAll(async () => {
  issuer = await startTokenIssuer();
  gateway = await startTestGateway({
    environment: { ...settingsFor(issuer), API_KEYS: apiKeys, JWT_NAME_CLAIM: 'email' },
    logger: log.logger,
  });
});
afterAll(async () => {
  await gateway?.dispose();
  await issuer?.dispose();
});

function asked(credential: string, at = gateway): Promise<RawAnswer> {
  return post(at.url, { query }, { authorization: `Bearer ${credential}` });
}

async function statusWith(claims: object, header?: object): Promise<number> {
  return (await asked(await issuer.sign({ sub: 'alice', scope: 'read', ...claims }, header))).status;
}

function forged(header: object, claims: object, secret: string): string {
  const part = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

describe('a caller with a token', () => {
  it('is known by it, beside callers with keys, and the keys that it is checked with are asked for once', async () => {
    expect(await statusWith({})).toBe(200);
    expect(await statusWith({ sub: 'bob' })).toBe(200);
    expect((await asked(key)).status).toBe(200);
    expect(issuer.asked).toBe(1);
  });

  it.each<readonly [string, object]>([
    ['of another issuer', { iss: 'https://elsewhere.example.com/' }],
    ['of no issuer', { iss: undefined }],
    ['for another audience', { aud: 'other' }],
    ['for no audience', { aud: undefined }],
    ['that has expired', { exp: now() - 60 }],
    ['that never expires', { exp: undefined }],
    ['that is not good yet', { nbf: now() + 600 }],
    ['of nobody', { sub: undefined }],
    ['of a subject without a name', { sub: '' }],
  ])('is not known by one %s', async (_what, claims) => {
    expect(await statusWith(claims)).toBe(401);
  });

  it.each<readonly [string, object]>([
    ['of several audiences', { aud: ['other', 'lockstep'] }],
    ['that has expired by less than clocks may differ', { exp: now() - 10 }],
    ['that is good in less than clocks may differ', { nbf: now() + 10 }],
    ['whose scopes are a list', { scope: ['read', 'email'] }],
  ])('is known by one %s', async (_what, claims) => {
    expect(await statusWith(claims)).toBe(200);
  });

  it('is not known by one that somebody else has signed, or nobody', async () => {
    const claims = {
      iss: issuer.issuer,
      aud: issuer.audience,
      sub: 'alice',
      scope: 'read',
      exp: now() + 300,
    };
    const other = await startTokenIssuer();
    try {
      expect((await asked(await other.sign(claims, { kid: 'key-1' }))).status).toBe(401);
    } finally {
      await other.dispose();
    }
    const publicKey = JSON.stringify(issuer.keySet.keys[0]);
    for (const token of [
      forged({ alg: 'HS256', kid: 'key-1' }, claims, publicKey),
      forged({ alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } }, claims, 'secret'),
      `${forged({ alg: 'none' }, claims, '').split('.').slice(0, 2).join('.')}.`,
      `${(await issuer.sign(claims)).split('.').slice(0, 2).join('.')}.AAAA`,
      'a.b.c',
      '..',
    ]) {
      const { status, errors } = await asked(token);
      expect([token, status]).toEqual([token, 401]);
      expect(at(errors, 0).message).toBe(
        'Send a valid key or token of this gateway in the header `authorization: Bearer <key> or <token>`.',
      );
    }
  });

  it('may do what its scopes say and no more', async () => {
    for (const scope of ['', 'email', 'write', 'READ', 'read:everything']) {
      expect([scope, await statusWith({ scope })]).toEqual([scope, 403]);
    }
    expect(await statusWith({ scope: 'openid read:posthog' })).toBe(200);
  });

  it('is told apart by its subject alone, whatever name it is shown by, and never taken for a key', async () => {
    const callerOf = async (claims: object) => {
      const token = await issuer.sign({ scope: 'read', ...claims });
      return gateway.gateway.authentication.authenticate(`Bearer ${token}`);
    };
    const alice = await callerOf({ sub: 'alice', email: 'a@example.com' });
    const bob = await callerOf({ sub: 'bob', email: 'a@example.com' });
    const machine = await callerOf({ sub: 'machine' });
    expect([alice.name, bob.name, machine.name]).toEqual(['a@example.com', 'a@example.com', 'machine']);
    expect([alice.id, bob.id, machine.id]).toEqual(['jwt:alice', 'jwt:bob', 'jwt:machine']);
    expect((await gateway.gateway.authentication.authenticate(`Bearer ${key}`)).id).toBe('key:machine');
  });

  it('is known over a WebSocket by the same rules, and sent away when its token expires', async () => {
    const hello = async (token: string) => {
      const raw = await openWebSocket(gateway.url, {});
      raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
      return raw;
    };
    const expired = await hello(await issuer.sign({ sub: 'alice', scope: 'read', exp: now() - 60 }));
    expect(await expired.closed).toMatchObject({ code: 4403 });
    // Within what clocks may differ by, and then no longer.
    const short = await hello(await issuer.sign({ sub: 'alice', scope: 'read', exp: now() - 28 }));
    await short.message('connection_ack');
    expect(await short.closed).toMatchObject({ code: 4403, reason: 'Key expired' });
  });
});

describe('the keys of tokens', () => {
  it('may be a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
    const path = join(folder, 'keys.json');
    writeFileSync(path, JSON.stringify(issuer.keySet));
    const local = await startTestGateway({ environment: settingsFor(issuer, path) });
    try {
      const token = await issuer.sign({ sub: 'alice', scope: 'read' });
      expect((await asked(token, local)).status).toBe(200);
      expect((await asked(key, local)).status).toBe(401);
    } finally {
      await local.dispose();
      rmSync(folder, { recursive: true });
    }
  });

  it('that cannot be had make it 503, on a WebSocket 1013, for who has a token, and nothing for who has a key', async () => {
    const away = await startTokenIssuer('RS256');
    const apart = await startTestGateway({
      environment: { ...settingsFor(away), API_KEYS: apiKeys },
      logger: log.logger,
    });
    try {
      const token = await away.sign({ sub: 'alice', scope: 'read' });
      away.answer(500);
      const { status, headers, errors } = await asked(token, apart);
      expect([status, headers.get('retry-after')]).toEqual([503, '5']);
      expect(at(errors, 0).message).toContain('cannot be found out now');
      expect(log.text()).toContain('tokens cannot be checked');
      expect(log.text()).not.toContain(token);
      const raw = await openWebSocket(apart.url, {});
      raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
      expect(await raw.closed).toMatchObject({ code: 1013 });
      expect((await asked(key, apart)).status).toBe(200);
      expect((await asked('no.such.token', apart)).status).not.toBe(200);
      away.answer(200);
      expect((await asked(token, apart)).status).toBe(200);
    } finally {
      await apart.dispose();
      await away.dispose();
    }
  });
});

describe('the settings of access', () => {
  const tokens = { JWT_JWKS: 'https://keys.example/', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };

  it.each<readonly [RegExp, Record<string, string>]>([
    [/belong together/, { JWT_JWKS: tokens.JWT_JWKS }],
    [/belong together/, { JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' }],
    [/AUTH is keys: set API_KEYS too/, { AUTH: 'keys' }],
    [/AUTH is keys,jwt: set JWT_JWKS too/, { AUTH: 'keys,jwt', API_KEYS: apiKeys }],
    [/AUTH is none, and API_KEYS is set/, { AUTH: 'none', API_KEYS: apiKeys }],
    [/AUTH is keys, and JWT_JWKS is set/, { AUTH: 'keys', API_KEYS: apiKeys, ...tokens }],
    [/others can reach/, { AUTH: 'none', HOST: '0.0.0.0' }],
    [/not a readable JSON file/, { ...tokens, JWT_JWKS: '/no/such/file.json' }],
    [/must hold a JSON Web Key Set/, { ...tokens, JWT_JWKS: 'package.json' }],
  ])('that do not go together are refused: %s', (message, environment) => {
    expect(() => readConfig(environment)).toThrow(message);
  });

  it.each([
    { AUTH: 'none' },
    { AUTH: 'none', HOST: '0.0.0.0', ALLOW_ANONYMOUS: 'true' },
    { AUTH: 'keys', HOST: '0.0.0.0', API_KEYS: apiKeys },
    { AUTH: 'jwt', HOST: '0.0.0.0', ...tokens },
    { AUTH: 'keys,jwt', HOST: '0.0.0.0', API_KEYS: apiKeys, ...tokens },
    { HOST: '0.0.0.0', ...tokens },
  ])('that go together are taken: %o', (environment) => {
    expect(readConfig(environment).host).toBe(environment.HOST ?? '127.0.0.1');
  });
});
