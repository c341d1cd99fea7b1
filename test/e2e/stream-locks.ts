import { expect } from 'vitest';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.ts';
import type { StreamRequest } from '../support/stream-client.ts';
import { freeDataset, idOfDraft, lockDraft, unlockDraft } from './drafts.ts';

/** What the tests of transports follow: the lock of one draft, which they take and release themselves. */
export interface LockData {
  readonly event: {
    readonly __typename: string;
    readonly cursor: string;
    readonly current: { readonly holder: { readonly name: string | null } } | null;
  };
}

export const lockDocument = `subscription Locks($ids: [ID!]!, $after: String) {
  event: draftLockChanged(datasetIds: $ids, after: $after) {
    __typename
    ... on DraftLockChange { cursor current { holder { name } } }
    ... on Change { cursor }
  }
}`;

/** A gateway that looks often, and the id of a draft that nobody holds. */
export interface LockScene {
  readonly gateway: TestGateway;
  readonly id: string;
  /** What follows the draft. */
  request(after?: string): StreamRequest & { readonly variables: Record<string, unknown> };
  /** The same as a GET. */
  address(after?: string): string;
  lock(): Promise<void>;
  unlock(): Promise<void>;
  /** Resolves when so many subscriptions are under way. */
  subscribers(count: number): Promise<void>;
  dispose(): Promise<void>;
}

export async function startLockScene(
  options: TestGatewayOptions = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<LockScene> {
  const gateway = await startTestGateway({
    ...options,
    environment: { WATCH_INTERVAL: '20', ...options.environment },
  });
  const id = await idOfDraft(gateway, freeDataset(gateway), headers);
  const variables = (after?: string): Record<string, unknown> => ({
    ids: [id],
    ...(after === undefined ? {} : { after }),
  });
  return {
    gateway,
    id,
    request: (after) => ({ query: lockDocument, variables: variables(after) }),
    address: (after) => {
      const parameters = { query: lockDocument, variables: JSON.stringify(variables(after)) };
      return `${gateway.url}?${new URLSearchParams(parameters)}`;
    },
    lock: async () => {
      expect((await lockDraft(gateway, id, headers)).__typename).toBe('LockDatasetDraftSuccess');
    },
    unlock: async () => {
      expect((await unlockDraft(gateway, id, headers)).__typename).toBe('UnlockDatasetDraftSuccess');
    },
    subscribers: async (count) => {
      const { registry } = gateway.gateway.metrics;
      const read = (): Promise<string> => registry.getSingleMetricAsString('lockstep_subscribers');
      await expect.poll(read, { timeout: 20_000 }).toContain(`lockstep_subscribers ${count}`);
    },
    dispose: gateway.dispose,
  };
}

/** A key that is good for so long from now. Milliseconds. */
export function keysFor(life: number): string {
  return JSON.stringify([
    {
      name: 'passing',
      key: 'key-of-passing-0123456789',
      scopes: ['read', 'write'],
      expiresAt: new Date(Date.now() + life).toISOString(),
    },
    { name: 'staying', key: 'key-of-staying-0123456789', scopes: ['read', 'write'] },
  ]);
}
export const passing = { authorization: 'Bearer key-of-passing-0123456789' };
export const staying = { authorization: 'Bearer key-of-staying-0123456789' };
