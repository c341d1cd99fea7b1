import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { expect } from 'vitest';
import type { Vendor } from '../generated/graphql.ts';
import type { Answer, TestGateway } from '../support/gateway.ts';
import { dataOf } from './reading.ts';

const vendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const;
const nameInSandbox = { DATADOG: 'datadog', HUMANLOOP: 'humanloop', POSTHOG: 'posthog' } as const;

export type Calls = Readonly<Partial<Record<Vendor, number>>>;

/** Path and query of what each vendor received, decoded. */
export type Received = Readonly<Record<Vendor, readonly string[]>>;

/** What the vendors received since the last call of this. */
export function takeReceived(gateway: TestGateway): Received {
  const of = (vendor: Vendor): readonly string[] =>
    gateway.received(nameInSandbox[vendor]).map((request) => decodeURIComponent(request));
  return { DATADOG: of('DATADOG'), HUMANLOOP: of('HUMANLOOP'), POSTHOG: of('POSTHOG') };
}

/**
 * Runs an operation that must succeed and must cause exactly so many requests at each vendor: both by what the
 * vendors received and by what the answer says of it.
 */
export async function askFor<Data, Variables>(
  gateway: TestGateway,
  calls: Calls,
  document: TypedDocumentNode<Data, Variables> | string,
  variables?: Variables,
): Promise<{ readonly data: Data; readonly received: Received; readonly answer: Answer<Data> }> {
  takeReceived(gateway);
  const answer = await gateway.query(document, variables);
  const data = dataOf(answer);
  const received = takeReceived(gateway);
  const counted = Object.fromEntries(vendors.map((vendor) => [vendor, received[vendor].length]));
  expect(counted, JSON.stringify(received, null, 1)).toEqual({
    DATADOG: 0,
    HUMANLOOP: 0,
    POSTHOG: 0,
    ...calls,
  });
  const spent = Object.entries(calls).filter(([, count]) => count > 0);
  expect(answer.upstream).toEqual(
    Object.fromEntries(spent.map(([vendor, count]) => [vendor, { calls: count, shared: 0, retries: 0 }])),
  );
  return { data, received, answer };
}
