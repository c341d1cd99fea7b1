import { describe, expect, it } from 'vitest';
import { type Setting, type SettingName, settings } from '../../src/config/settings.ts';
import { readConfig } from '../../src/config.ts';

const canary = 'c4n4ry';
const longKey = `${canary}-0123456789`;

function apiKey(members: object): string {
  return JSON.stringify([{ name: 'a', key: longKey, scopes: ['read'], ...members }]);
}

/** Wrong values of the settings that are neither numbers, choices nor flags. */
const wrongTexts: Partial<Record<SettingName, readonly string[]>> = {
  HOST: ['a b', 'http://127.0.0.1', '127.0.0.1/8', 'x'.repeat(256), 'münchen'],
  DD_API_KEY: [`${canary} x`, `${canary}\n`, `${canary}é`, canary.repeat(100)],
  DD_APP_KEY: [`${canary} x`, `${canary}\t`],
  HUMANLOOP_API_KEY: [`${canary} x`, canary.repeat(100)],
  POSTHOG_PERSONAL_API_KEY: [`${canary} x`, `${canary}\u0000`],
  POSTHOG_PROJECT_ID: [
    '@current',
    'abc',
    '-1',
    '1.5',
    '1/../2',
    '1'.repeat(19),
    `phx_${canary}0123456789012345678901`,
  ],
  DATADOG_BASE_URL: [
    'datadoghq.com',
    'ftp://a.example',
    'http://',
    `https://user:${canary}@a.example`,
    'file:///etc/passwd',
  ],
  HUMANLOOP_BASE_URL: [
    `https://a.example/v5?key=${canary}`,
    `https://a.example/#${canary}`,
    'javascript:1',
    '/v5',
  ],
  POSTHOG_HOST: ['eu.posthog.com', `https://${canary}@eu.posthog.com`],
  POSTHOG_BASE_URL: ['//eu.posthog.com', `https://:${canary}@eu.posthog.com`],
  API_KEYS: [
    canary,
    '[]',
    '{}',
    'null',
    apiKey({ name: '' }),
    apiKey({ key: canary }),
    apiKey({ key: undefined }),
    apiKey({ key: `${longKey} with blanks` }),
    apiKey({ key: `${longKey}-é` }),
    apiKey({ sha256: 'a'.repeat(64) }),
    apiKey({ key: undefined, sha256: 'a'.repeat(63) }),
    apiKey({ key: undefined, sha256: 'g'.repeat(64) }),
    apiKey({ scopes: [] }),
    apiKey({ scopes: ['admin'] }),
    apiKey({ scopes: undefined }),
    apiKey({ expiresAt: 'tomorrow' }),
    apiKey({ expiresAt: '2026-03-01' }),
    apiKey({ expiresAt: '2026-03-01T00:00:00' }),
    apiKey({ expires: '2026-03-01T00:00:00Z' }),
    JSON.stringify([...JSON.parse(apiKey({})), ...JSON.parse(apiKey({ key: `${longKey}-other` }))]),
  ],
  AUTH: ['key', 'keys,', 'keys,keys', 'none,keys', 'KEYS'],
  JWT_JWKS: [
    'http://keys.example/keys',
    'https://',
    `https://user:${canary}@keys.example`,
    'ftp://keys.example/keys',
    'x'.repeat(3_000),
    'a\nb',
  ],
  JWT_ISSUER: ['a b', canary.repeat(100)],
  JWT_AUDIENCE: ['a b', canary.repeat(100)],
  JWT_SCOPES_CLAIM: ['a b', canary.repeat(100)],
  JWT_NAME_CLAIM: ['a b', canary.repeat(100)],
  CALLER_CREDENTIALS: [
    canary,
    '[]',
    'null',
    JSON.stringify({ web: { 'x-humanloop-api-key': canary } }),
    JSON.stringify({ 'jwt:a': canary }),
    JSON.stringify({ 'jwt:a': { 'x-humanloop-api-key': `${canary} x` } }),
    JSON.stringify({ 'jwt:a': { authorization: canary } }),
  ],
  TRUSTED_DOCUMENTS: ['x'.repeat(3_000), 'a\nb'],
  REDIS_URL: [
    'localhost:6379',
    'http://localhost',
    `https://user:${canary}@localhost`,
    'redis://',
    '/tmp/redis.sock',
  ],
  SCOPE_KEY: ['00', 'g'.repeat(64), 'a'.repeat(65), 'a'.repeat(600)],
  REDIS_PREFIX: ['a b', '{a}', 'x'.repeat(60)],
  CORS_ORIGINS: [
    '*',
    'a.example',
    'https://a.example/',
    'https://a.example, https://b.example',
    'null',
    'https://a.example,',
  ],
};

function wrongValuesOf(name: SettingName): readonly string[] {
  const { allowed, default: byDefault }: Setting<unknown> = settings[name];
  const range = /^a whole number from (\d+) to (\d+) \(/.exec(allowed);
  if (range !== null) {
    const [least, most] = [Number(range[1]), Number(range[2])];
    return [
      String(least - 1),
      String(most + 1),
      `${byDefault}.5`,
      '1e3',
      '0x10',
      ' 5',
      '5 ',
      '+5',
      'many',
      'NaN',
      '9'.repeat(30),
    ];
  }
  if (allowed === 'true or false') return ['yes', '1', 'TRUE', 'False', 'on'];
  if (allowed.startsWith('one of ')) return ['nonsense', byDefault?.toUpperCase() ?? 'X', `${byDefault} `];
  return wrongTexts[name] ?? [];
}

function messageOf(environment: Readonly<Record<string, string>>): string {
  try {
    readConfig(environment);
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfigError' });
    return error instanceof Error ? error.message : '';
  }
  throw new Error(`${JSON.stringify(environment)} was accepted`);
}

// Object.keys forgets the keys' type; the table is the whole list.
const names = Object.keys(settings) as SettingName[];

describe('a wrong value', () => {
  it.each(names)('of %s is refused, saying what is allowed', (name) => {
    const wrong = wrongValuesOf(name);
    expect(wrong.length, `wrong values of ${name} are needed here`).toBeGreaterThan(0);
    for (const value of wrong) {
      const message = messageOf({ [name]: value });
      expect(message).toContain(`- ${name} must be ${settings[name].allowed}`);
      expect(message).not.toContain(canary);
    }
  });

  it('is repeated where that helps and it can be no secret', () => {
    expect(messageOf({ PORT: 'http' })).toContain(
      'PORT must be a whole number from 0 to 65535 (TCP port), and is "http".',
    );
    expect(messageOf({ DD_SITE: 'datadoghq.fr' })).toContain('and is "datadoghq.fr"');
    expect(messageOf({ DD_SITE: '0f2d7c4b8a6e1935d4c3b2a190f8e7d6c5b4a392' })).not.toContain('0f2d7c4b');
  });

  it('is told together with all others', () => {
    const message = messageOf({
      PORT: '-1',
      DD_SITE: 'mars',
      GRAPHIQL: 'maybe',
      API_KEYS: '{',
      DD_API_KEY: 'a',
      POSTHOG_PROJECT_ID: '1',
      ALLOW_ANONYMOUS: 'perhaps',
      POSTHOG_HOST: 'nowhere',
      POSTHOG_BASE_URL: 'nowhere',
    });
    for (const name of [
      'PORT',
      'DD_SITE',
      'GRAPHIQL',
      'API_KEYS',
      'ALLOW_ANONYMOUS',
      'POSTHOG_HOST',
      'POSTHOG_BASE_URL',
    ]) {
      expect(message).toContain(`\n- ${name} must be`);
    }
    expect(message).toContain('DD_API_KEY and DD_APP_KEY belong together');
    expect(message).toContain('POSTHOG_PERSONAL_API_KEY and POSTHOG_PROJECT_ID belong together');
  });

  it.each([
    [{ DD_API_KEY: 'a' }, /DD_API_KEY and DD_APP_KEY belong together/],
    [{ DD_APP_KEY: 'a' }, /DD_API_KEY and DD_APP_KEY belong together/],
    [{ POSTHOG_PERSONAL_API_KEY: 'a' }, /POSTHOG_PERSONAL_API_KEY and POSTHOG_PROJECT_ID belong together/],
    [{ POSTHOG_PROJECT_ID: '1' }, /POSTHOG_PERSONAL_API_KEY and POSTHOG_PROJECT_ID belong together/],
  ])('may be one that is missing: %o', (environment, message) => {
    expect(messageOf(environment)).toMatch(message);
  });
});

describe('a right value', () => {
  it('is every default', () => {
    const defaults = names.flatMap((name) => {
      const { default: value }: Setting<unknown> = settings[name];
      return value === undefined ? [] : [[name, value]];
    });
    expect(readConfig(Object.fromEntries(defaults))).toEqual(readConfig({}));
    expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readConfig({}));
  });

  it.each([
    'datadoghq.com',
    'us3.datadoghq.com',
    'us5.datadoghq.com',
    'datadoghq.eu',
    'ap1.datadoghq.com',
    'ap2.datadoghq.com',
    'uk1.datadoghq.com',
    'ddog-gov.com',
    'us2.ddog-gov.com',
  ])('is each of the nine sites of Datadog: %s', (site) => {
    expect(readConfig({ DD_SITE: site }).sources.datadog.site).toBe(site);
  });

  it('is the least and the most of every number', () => {
    for (const name of names) {
      const range = /^a whole number from (\d+) to (\d+) \(/.exec(settings[name].allowed);
      for (const bound of range?.slice(1) ?? []) expect(() => readConfig({ [name]: bound })).not.toThrow();
    }
  });

  it('of an address loses the slashes at its end, and no more', () => {
    const { sources } = readConfig({
      HUMANLOOP_BASE_URL: 'http://localhost:9/v5//',
      POSTHOG_HOST: 'https://eu.posthog.com/',
      DATADOG_BASE_URL: 'http://[::1]:8/dd/',
    });
    expect(sources.humanloop.baseUrl).toBe('http://localhost:9/v5');
    expect(sources.posthog.baseUrl).toBe('https://eu.posthog.com');
    expect(sources.datadog.baseUrl).toBe('http://[::1]:8/dd');
    const both = { POSTHOG_HOST: 'https://eu.posthog.com', POSTHOG_BASE_URL: 'http://localhost:9' };
    expect(readConfig(both).sources.posthog.baseUrl).toBe('http://localhost:9');
  });

  it('keeps no key of a caller, only its digest', () => {
    const config = readConfig({ API_KEYS: apiKey({}) });
    expect(
      JSON.stringify(config, (_name, value) => (value instanceof Set ? [...value] : value)),
    ).not.toContain(canary);
    expect(Object.isFrozen(config)).toBe(true);
  });
});

describe('the sandbox', () => {
  const keys = {
    datadog: { DD_API_KEY: 'a', DD_APP_KEY: 'b' },
    humanloop: { HUMANLOOP_API_KEY: 'a' },
    posthog: { POSTHOG_PERSONAL_API_KEY: 'a', POSTHOG_PROJECT_ID: '1' },
  };

  it('plays the vendors when none is configured, and is never there beside one that is', () => {
    expect(readConfig({}).useSandbox).toBe(true);
    expect(readConfig({ SANDBOX: 'off' }).useSandbox).toBe(false);
    for (const environment of Object.values(keys)) {
      expect(readConfig(environment).useSandbox).toBe(false);
      expect(readConfig({ ...environment, SANDBOX: 'auto' }).useSandbox).toBe(false);
    }
  });
});
