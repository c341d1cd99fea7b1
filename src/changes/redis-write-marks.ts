import { randomUUID } from 'node:crypto';
import type { RedisSession } from '../redis/redis-session.ts';
import { script } from '../redis/script.ts';

/*
 * Which sides of resources are being written, at whatever instance. Of each a sorted set: who writes, by when that is
 * taken to be over if nothing more is heard, and `ended`, by when the last one ended.
 */

/** KEYS: marks. ARGV: who writes, for how long that is believed. */
const keep = script(
  'keepWriteMarks',
  `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
for index = 1, #KEYS do
  redis.call('ZADD', KEYS[index], now + tonumber(ARGV[2]), ARGV[1])
  redis.call('PEXPIRE', KEYS[index], 600000)
end
return 1
`,
);

/** KEYS: marks. ARGV: who wrote. */
const end = script(
  'endWriteMarks',
  `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
for index = 1, #KEYS do
  redis.call('ZREM', KEYS[index], ARGV[1])
  redis.call('ZADD', KEYS[index], now, 'ended')
  redis.call('PEXPIRE', KEYS[index], 600000)
end
return 1
`,
);

/** A Lua function that tells whether what was seen at a time may be from before a write, by the mark's key. */
export const mayBeFromBeforeWrite = `
local function mayBeFromBeforeWrite(mark, asOf, now)
  local ended = redis.call('ZSCORE', mark, 'ended')
  if ended and tonumber(ended) >= asOf then return true end
  local writing = redis.call('ZRANGEBYSCORE', mark, now, '+inf', 'LIMIT', 0, 2)
  for _, member in ipairs(writing) do
    if member ~= 'ended' then return true end
  end
  return false
end
`;

/** How long a writer that is not heard of any more is taken to write on. Milliseconds. */
const believed = 15_000;

/** Marks a write until the returned function is called. Throws FeedUnavailableError. */
export async function markWrite(
  session: RedisSession,
  keys: readonly string[],
): Promise<() => Promise<void>> {
  const writer = randomUUID();
  await session.run(keep, keys, [writer, believed]);
  const renewal = setInterval(() => {
    session.run(keep, keys, [writer, believed]).catch(() => undefined);
  }, believed / 3);
  renewal.unref();
  return async () => {
    clearInterval(renewal);
    // What cannot be ended ends by itself.
    await session.run(end, keys, [writer]).catch(() => undefined);
  };
}
