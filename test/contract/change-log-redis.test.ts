import { afterAll, beforeAll, describe } from 'vitest';
import { monotonicNow } from '../../src/changes/memory-log.ts';
import { RedisLog } from '../../src/changes/redis-log.ts';
import { RedisSession } from '../../src/redis/redis-session.ts';
import { type RedisServer, redisBinary, startRedisServer } from '../support/redis-server.ts';
import { describeChangeLog, type LogBounds } from './change-log.ts';

let server: RedisServer;
let turn = 0;

function open(prefix: string, bounds: LogBounds): { log: RedisLog; session: RedisSession } {
  const session = new RedisSession({
    url: server.url,
    prefix,
    commandTimeout: 2_000,
    beatInterval: 50,
    now: monotonicNow,
  });
  return { session, log: new RedisLog({ ...bounds, settledFor: 0, session }) };
}

describe.skipIf(redisBinary === undefined)('on Redis', () => {
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.dispose());

  describeChangeLog('on Redis', async (bounds) => {
    turn += 1;
    const prefix = `test-${turn}`;
    const opened = open(prefix, bounds);
    await opened.session.ready(5_000);
    const all = [opened];
    return {
      log: opened.log,
      pass: async (milliseconds) => {
        const until = opened.log.now() + milliseconds;
        while (opened.log.now() < until) await opened.session.refresh();
      },
      restart: async () => {
        await opened.session.command('FLUSHALL');
        await opened.session.refresh();
        return opened.log;
      },
      dispose: async () => {
        for (const { log, session } of all) {
          await log.dispose();
          session.dispose();
        }
      },
    };
  });
});
