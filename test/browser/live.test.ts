import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockDraft, unlockDraft } from '../e2e/drafts.ts';
import { type LockScene, startLockScene } from '../e2e/stream-locks.ts';
import { startChromium, type TestBrowser } from './chromium.ts';
import { visitGraphiql } from './visit.ts';

const variables = new URL('../../src/server/examples/live.variables.json', import.meta.url);

let scene: LockScene;
let chromium: TestBrowser;

beforeAll(async () => {
  scene = await startLockScene({ environment: { GRAPHIQL: 'true', NODE_ENV: 'development' } });
  chromium = await startChromium();
}, 120_000);
afterAll(async () => {
  await chromium?.dispose();
  await scene?.dispose();
});

describe('a subscription in GraphiQL', { timeout: 90_000 }, () => {
  it('shows a change as it happens, and ends when it is stopped', async () => {
    const { dataset } = JSON.parse(readFileSync(variables, 'utf8'));
    const visit = await visitGraphiql(chromium.browser, scene.gateway.url);
    await visit.openTab('LiveIds');
    await visit.page.getByRole('button', { name: 'Execute query (Ctrl-Enter)' }).click();
    await visit.page.getByRole('menuitem', { name: 'LiveDraftLock' }).click();
    await scene.subscribers(1);
    await lockDraft(scene.gateway, dataset);
    await visit.answer.getByText('"DraftLockChange"').waitFor();
    await visit.answer.getByText('"holder"').waitFor();
    await visit.page.getByRole('button', { name: /^Stop query/ }).click();
    await scene.subscribers(0);
    await unlockDraft(scene.gateway, dataset);
    expect(visit.problems).toEqual([]);
    await visit.dispose();
  });
});

/** A way to the gateway that can be cut. */
interface Wire {
  readonly origin: string;
  cut(): void;
  dispose(): Promise<void>;
}

async function startWire(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is an AddressInfo once it listens (Node's documentation of server.address()).
  const address = server.address() as AddressInfo;
  const cut = (): void => {
    for (const socket of [...sockets]) socket.destroy();
  };
  return {
    origin: `http://127.0.0.1:${address.port}`,
    cut,
    dispose: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

describe("a browser's own EventSource", { timeout: 90_000 }, () => {
  const seen = (page: Page): Promise<readonly string[]> => page.evaluate<readonly string[]>('seen');

  it('is told of changes, and goes on where it stood when its connection was cut', async () => {
    const wire = await startWire(scene.gateway.origin);
    const page = await chromium.browser.newPage();
    await page.goto(`${wire.origin}/graphql`);
    const path = scene.address().slice(scene.gateway.origin.length);
    await page.evaluate(`
      seen = [];
      source = new EventSource(${JSON.stringify(path)});
      source.addEventListener('next', ({ data, lastEventId }) => {
        const { event } = JSON.parse(data).data;
        seen.push((event.current === null ? 'free' : 'taken') + (lastEventId === event.cursor ? '' : ', and no id'));
      });
      source.addEventListener('error', () => seen.push('cut'));
    `);
    await scene.subscribers(1);
    await scene.lock();
    await expect.poll(() => seen(page), { timeout: 20_000 }).toEqual(['taken']);
    wire.cut();
    await scene.unlock();
    // It comes back by itself, after some seconds, and has missed nothing.
    await expect.poll(() => seen(page), { timeout: 30_000 }).toEqual(['taken', 'cut', 'free']);
    await page.evaluate('source.close()');
    await scene.subscribers(0);
    await page.close();
    await wire.dispose();
  });
});
