import { script } from '../redis/script.ts';
import { mayBeFromBeforeWrite } from './redis-write-marks.ts';

/*
 * The shared log. Its keys, in the order in which scripts take them:
 * `meta` (hash: epoch, run; `dropped`, up to where entries are gone; `trimmedOthers`; `forgottenAt`), `sequence`,
 * `log` (stream, ids are sequence numbers), `trimmed` (sorted set: keys by the number of their last dropped entry),
 * `states` (sorted set: keys by when their state was last settled), and of one key its `state` (hash: revision, since,
 * changedAt, value) or its `note`.
 */

/** Drops entries that are too many or too old; at most 128 at a time, so that nobody waits long. */
const trimming = `
local function trim(now, maxEntries, maxAge, longestTrimmed)
  local excess = redis.call('XLEN', KEYS[3]) - maxEntries
  local oldest = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 128)
  local last = nil
  for index, entry in ipairs(oldest) do
    local fields = entry[2]
    if index > excess and tonumber(fields[4]) >= now - maxAge then break end
    last = tonumber(string.match(entry[1], '^%d+'))
    redis.call('ZADD', KEYS[4], last, fields[2])
  end
  if not last then return end
  redis.call('XTRIM', KEYS[3], 'MINID', string.format('%.0f-0', last + 1))
  redis.call('HSET', KEYS[1], 'dropped', string.format('%.0f', last))
  local over = redis.call('ZCARD', KEYS[4]) - longestTrimmed
  if over > 0 then
    local popped = redis.call('ZPOPMIN', KEYS[4], over)
    redis.call('HSET', KEYS[1], 'trimmedOthers', popped[#popped])
  end
end
`;

const clock = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
`;

/**
 * Puts a state in place of the one it starts from, with what has changed. KEYS: the five of all, `state`, the lease, the mark.
 * ARGV: epoch, key, revision, state, since, asOf, lease token or '', most entries, longest age, most states, longest
 * trimmed, how long a state that was settled is kept whatever comes, '1' where the mark counts, and the changes. Gives the number of the last change
 * (0 without any), or a word that says why not.
 */
export const appendToLog = script(
  'appendToLog',
  `${trimming}${mayBeFromBeforeWrite}${clock}
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 'EPOCH' end
if ARGV[13] == '1' and mayBeFromBeforeWrite(KEYS[8], tonumber(ARGV[6]), now) then return 'WRITTEN' end
if ARGV[7] ~= '' and redis.call('GET', KEYS[7]) ~= ARGV[7] then return 'LEASE' end
local known = redis.call('HMGET', KEYS[6], 'revision', 'changedAt')
local revision = tonumber(known[1] or '0')
if revision ~= tonumber(ARGV[3]) then return 'MOVED' end
if known[2] and tonumber(known[2]) > tonumber(ARGV[6]) then return 'OLDER' end
local changes = #ARGV - 13
local stamp = string.format('%.3f', now)
if not known[1] then
  redis.call('HSET', KEYS[6], 'revision', '1', 'since', ARGV[5], 'changedAt', stamp, 'value', ARGV[4])
elseif changes > 0 then
  redis.call('HSET', KEYS[6], 'revision', revision + 1, 'changedAt', stamp, 'value', ARGV[4])
else
  redis.call('HSET', KEYS[6], 'value', ARGV[4])
end
redis.call('ZADD', KEYS[5], now, ARGV[2])
local prefix = string.sub(KEYS[6], 1, -1 - #ARGV[2])
local over = redis.call('ZCARD', KEYS[5]) - tonumber(ARGV[10])
if over > 0 then
  local settled = redis.call('ZRANGE', KEYS[5], 0, math.min(over, 16) - 1, 'WITHSCORES')
  for index = 1, #settled, 2 do
    -- What is being watched is settled again and again; of the rest so many are kept.
    if tonumber(settled[index + 1]) > now - tonumber(ARGV[12]) and over < tonumber(ARGV[10]) then break end
    redis.call('ZREM', KEYS[5], settled[index])
    redis.call('DEL', prefix .. settled[index])
    redis.call('HSET', KEYS[1], 'forgottenAt', stamp)
  end
end
local last = 0
for index = 14, #ARGV do
  last = redis.call('INCR', KEYS[2])
  redis.call('XADD', KEYS[3], string.format('%.0f-0', last), 'k', ARGV[2], 'a', stamp, 'c', ARGV[index])
end
if last > 0 then trim(now, tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[11])) end
return last
`,
);

/**
 * Files a change that has no state. KEYS: the five of all, `note`. ARGV: epoch, key, change, most entries, longest age,
 * longest trimmed, how long it is remembered. Gives its number, 0 where it says what was said last, or 'EPOCH'.
 */
export const noteInLog = script(
  'noteInLog',
  `${trimming}${clock}
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 'EPOCH' end
if redis.call('HGET', KEYS[6], 'change') == ARGV[3] then return 0 end
local stamp = string.format('%.3f', now)
redis.call('HSET', KEYS[6], 'change', ARGV[3], 'at', stamp)
redis.call('PEXPIRE', KEYS[6], ARGV[7])
local last = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[3], string.format('%.0f-0', last), 'k', ARGV[2], 'a', stamp, 'c', ARGV[3])
trim(now, tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]))
return last
`,
);

/** What a replica begins with. KEYS: the five of all. Gives epoch, last number, dropped, trimmedOthers, and the trimmed keys. */
export const describeLog = script(
  'describeLog',
  `
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'dropped', 'trimmedOthers')
return {
  meta[1] or '', redis.call('GET', KEYS[2]) or '0', meta[2] or '0', meta[3] or '0',
  redis.call('ZRANGE', KEYS[4], 0, -1, 'WITHSCORES'),
}
`,
);

/** The head. KEYS: `meta`, `sequence`. */
export const headOfLog = script(
  'headOfLog',
  `${clock}
return { redis.call('HGET', KEYS[1], 'epoch') or '', redis.call('GET', KEYS[2]) or '0', string.format('%.3f', now) }
`,
);

/** Drops what is too old, though nothing is added. KEYS: the five of all. ARGV: most entries, longest age, longest trimmed. */
export const trimLog = script(
  'trimLog',
  `${trimming}${clock}
trim(now, tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]))
return 1
`,
);

/** A state could not be kept. KEYS: `meta`. */
export const forgetInLog = script(
  'forgetInLog',
  `${clock}
redis.call('HSET', KEYS[1], 'forgottenAt', string.format('%.3f', now))
return 1
`,
);
