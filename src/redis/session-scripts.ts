import { script } from './script.ts';

/*
 * KEYS[1] is a hash that says which life of the shared state this is: `epoch`, made anew where there is none, and `run`,
 * the server that was last spoken to. KEYS[2] is the last sequence number.
 */

/**
 * Begins to speak to a server. One that was started again, or has taken another's place, may have lost what it was told
 * last though it has the rest, and nothing in what it has says so: another life begins, and whoever holds a place in
 * the one before is told that it was lost. Numbers go on far behind all that there can have been.
 * ARGV: the server's run id, an epoch to take where another life begins.
 */
export const openSession = script(
  'openSession',
  `
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'run', ARGV[1])
  redis.call('SET', KEYS[2], '0')
  epoch = ARGV[2]
end
local run = redis.call('HGET', KEYS[1], 'run')
local time = redis.call('TIME')
if run ~= ARGV[1] then
  redis.call('INCRBY', KEYS[2], 1000000000)
  epoch = ARGV[2]
  redis.call('HSET', KEYS[1], 'run', ARGV[1], 'epoch', epoch, 'dropped', redis.call('GET', KEYS[2]),
    'forgottenAt', string.format('%.3f', tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000))
end
return { epoch, redis.call('GET', KEYS[2]) or '0', time[1], time[2] }
`,
);

/** What a beat of the heart tells: epoch (empty where there is none), last sequence number, time. */
export const beat = script(
  'beat',
  `
local time = redis.call('TIME')
return {
  redis.call('HGET', KEYS[1], 'epoch') or '',
  redis.call('GET', KEYS[2]) or '0',
  time[1], time[2],
}
`,
);
