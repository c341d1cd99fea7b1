import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';

/** Several instances over the same vendors, joined by a Redis of their own. */
export interface Fleet {
  readonly redis: RedisServer;
  /** The first one's sandbox plays the vendors of all. */
  readonly instances: readonly [TestGateway, TestGateway];
  dispose(): Promise<void>;
}

const scopeKey = 'a1'.repeat(32);

/** Settings of an instance that is joined to others. */
export function joinedBy(redis: RedisServer): Readonly<Record<string, string>> {
  return {
    REDIS_URL: redis.url,
    SCOPE_KEY: scopeKey,
    REDIS_TIMEOUT: '500',
    REDIS_HEARTBEAT: '50',
    WATCH_LEASE: '1000',
    WATCH_INTERVAL: '20',
    WATCH_MAX_INTERVAL: '50',
    WATCH_LINGER: '10',
  };
}

/** Two instances in this process. */
export async function startFleet(environment: Readonly<Record<string, string>> = {}): Promise<Fleet> {
  const redis = await startRedisServer();
  const first = await startTestGateway({ environment: { ...joinedBy(redis), ...environment } });
  const second = await startTestGateway({
    environment: { ...first.sandbox.environment, ...joinedBy(redis), ...environment },
  });
  for (const { gateway } of [first, second]) await gateway.ready();
  return {
    redis,
    instances: [first, second],
    dispose: async () => {
      await second.dispose();
      await first.dispose();
      await redis.dispose();
    },
  };
}
