import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type LockData, type LockScene, startLockScene } from './stream-locks.ts';

/** Clients as their users make them: they come back by themselves, at once. */
const patient = { retryAttempts: Number.POSITIVE_INFINITY, retryWait: () => Promise.resolve() };

interface Seen {
  readonly names: string[];
  readonly leave: () => void;
}

/** Follows a draft, and remembers where it stands in what it asks with. */
const followers = {
  'a WebSocket': ({ gateway, request }: LockScene): Seen => {
    const client = createWsClient({
      ...patient,
      // Else it gives up where nobody listens yet.
      shouldRetry: () => true,
      url: gateway.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
    });
    return follow(request(), client);
  },
  'server-sent events': ({ gateway, request }: LockScene): Seen =>
    follow(request(), createSseClient({ ...patient, url: gateway.url })),
};

type Client = ReturnType<typeof createWsClient> | ReturnType<typeof createSseClient>;

function follow(request: ReturnType<LockScene['request']>, client: Client): Seen {
  const names: string[] = [];
  const stop = client.subscribe(request, {
    next: (result) => {
      // What comes is a result of the document, or the test that reads it fails.
      const { event } = (result as unknown as { data: LockData }).data;
      names.push(event.__typename);
      request.variables['after'] = event.cursor;
    },
    error: (error) => names.push(`error: ${String(error)}`),
    complete: () => names.push('complete'),
  });
  return {
    names,
    leave: () => {
      stop();
      void client.dispose();
    },
  };
}

let scene: LockScene | undefined;
afterEach(async () => {
  await scene?.dispose();
  scene = undefined;
});

it.each(Object.entries(followers))(
  'a client of %s comes back after a restart, and is told what it cannot be shown',
  async (_what, followOver) => {
    const before = await startLockScene();
    const { names, leave } = followOver(before);
    await before.subscribers(1);
    await before.lock();
    await expect.poll(() => names, { timeout: 20_000 }).toEqual(['DraftLockChange']);
    await before.dispose();

    const { port } = new URL(before.gateway.url);
    const after = await startLockScene({ environment: { PORT: port } });
    scene = after;
    expect(after.gateway.url).toBe(before.gateway.url);
    await after.subscribers(1);
    await expect.poll(() => names, { timeout: 20_000 }).toEqual(['DraftLockChange', 'ChangeGap']);
    await after.lock();
    await expect.poll(() => names.at(-1), { timeout: 20_000 }).toBe('DraftLockChange');
    expect(names).toHaveLength(3);
    leave();
    await after.subscribers(0);
  },
);

it('a client of a WebSocket that is torn goes on where it stood, and is told nothing twice', async () => {
  const started = await startLockScene();
  scene = started;
  const client = createWsClient({
    ...patient,
    shouldRetry: () => true,
    url: started.gateway.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
  });
  const { names, leave } = follow(started.request(), client);
  await started.subscribers(1);
  await started.lock();
  await started.unlock();
  await expect.poll(() => names.length, { timeout: 20_000 }).toBe(2);
  client.terminate();
  await started.lock();
  await expect.poll(() => names.length, { timeout: 20_000 }).toBe(3);
  await started.unlock();
  await expect.poll(() => names.length, { timeout: 20_000 }).toBe(4);
  expect(new Set(names)).toEqual(new Set(['DraftLockChange']));
  leave();
  await started.subscribers(0);
});
