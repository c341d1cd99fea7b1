import { type Setting, text, whole } from './setting.ts';

const redisAddress: Setting<string> = {
  description:
    'The Redis or Valkey that instances of this gateway share. Without it each has a change log, leases and turns of its own.',
  allowed: 'a redis:// or rediss:// URL',
  default: undefined,
  secret: true,
  read: (value) => {
    const url = URL.parse(value);
    return url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== '' ? value : undefined;
  },
};

const scopeKey: Setting<Buffer> = {
  description:
    'What credentials are hashed with, the same at all instances; needed with `REDIS_URL`. Make one with `openssl rand -hex 32`.',
  allowed: '64 to 512 hex digits',
  default: undefined,
  secret: true,
  read: (value) => (/^([0-9a-f]{2}){32,256}$/i.test(value) ? Buffer.from(value, 'hex') : undefined),
};

/** What several instances share. */
export const redisSettings = {
  REDIS_URL: redisAddress,
  SCOPE_KEY: scopeKey,
  REDIS_PREFIX: text(
    'What all keys in Redis begin with. Gateways with other vendors or another `SCOPE_KEY` need another one.',
    '1 to 50 letters, digits, dashes and colons',
    /^[\w:-]{1,50}$/,
    'lockstep',
  ),
  REDIS_TIMEOUT: whole(
    'Longest that one command may take; a Redis that does not answer in time counts as away.',
    'milliseconds',
    { min: 50, max: 60_000, default: 2_000 },
  ),
  REDIS_HEARTBEAT: whole('Between two looks at whether Redis is there.', 'milliseconds', {
    min: 20,
    max: 60_000,
    default: 1_000,
  }),
  WATCH_LEASE: whole(
    'How long a watch is kept for an instance that is not heard of any more; another one has it within that and a third.',
    'milliseconds',
    { min: 500, max: 300_000, default: 6_000 },
  ),
} as const satisfies Record<string, Setting<unknown>>;
