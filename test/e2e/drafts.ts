import {
  type DatadogCredential,
  type Dataset,
  datadogCredentials,
  datadogSeed,
} from '../../sandbox/datadog/index.ts';
import type { TestGateway } from '../support/gateway.ts';
import { dataOf, present } from './reading.ts';

export const { ada, ben } = datadogCredentials.acme;

export type Headers = Readonly<Record<string, string>>;

function keysOf({ apiKey, applicationKey }: DatadogCredential): Headers {
  return { 'x-datadog-api-key': apiKey, 'x-datadog-application-key': applicationKey };
}
export const asAda = keysOf(ada);
export const asBen = keysOf(ben);

export interface ShownLock {
  readonly kind: 'VENDOR' | 'GATEWAY';
  readonly since: string | null;
  readonly heldByCaller: boolean | null;
  readonly holder: { readonly vendorId: string | null; readonly name: string | null };
}

export interface LockResult {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly vendor?: string;
  readonly retryAfterSeconds?: number | null;
  readonly datasetId?: string;
  /** The lock of a success. */
  readonly taken?: ShownLock;
  /** The lock that stands in the way. */
  readonly lock?: ShownLock | null;
  readonly dataset?: { readonly draftLock: ShownLock | null } | null;
}

const shown = '{ kind since heldByCaller holder { vendorId name } }';
const success = { lockDatasetDraft: `taken: lock ${shown}`, unlockDatasetDraft: '' } as const;

async function change(
  field: keyof typeof success,
  gateway: TestGateway,
  id: string,
  headers: Headers,
): Promise<LockResult> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
  const document = `mutation ($input: ${type}Input!) { ${field}(input: $input) {
    __typename
    ... on ${type}Success { datasetId ${success[field]} dataset { draftLock ${shown} } }
    ... on UserError { code message }
    ... on DraftLockedError { lock ${shown} }
    ... on UnsupportedError { vendor }
    ... on SourceFailure { vendor retryAfterSeconds }
    ... on OutcomeUnknownError { vendor }
  } }`;
  const answer = await gateway.query<Record<string, LockResult>, object>(
    document,
    { input: { datasetId: id } },
    headers,
  );
  return present(dataOf(answer)[field]);
}

export function lockDraft(gateway: TestGateway, id: string, headers: Headers = {}): Promise<LockResult> {
  return change('lockDatasetDraft', gateway, id, headers);
}

export function unlockDraft(gateway: TestGateway, id: string, headers: Headers = {}): Promise<LockResult> {
  return change('unlockDatasetDraft', gateway, id, headers);
}

export async function readLock(
  gateway: TestGateway,
  id: string,
  headers: Headers = {},
): Promise<ShownLock | null> {
  const document = `query ($id: ID!) { dataset(id: $id) { draftLock ${shown} } }`;
  const answer = await gateway.query<{ dataset: { draftLock: ShownLock | null } | null }, object>(
    document,
    { id },
    headers,
  );
  return present(dataOf(answer).dataset).draftLock;
}

/** A dataset whose draft nobody holds, as the sandbox holds it. */
export function freeDataset({ sandbox }: TestGateway): Dataset {
  return sandbox.datadog.state.dataset('acme', datadogSeed.largestDataset);
}

export async function idOfDraft(
  gateway: TestGateway,
  { id, projectId }: Dataset,
  headers: Headers = {},
): Promise<string> {
  const ref = { vendor: 'DATADOG', kind: 'DATASET', vendorId: id, parentVendorId: projectId };
  const answer = await gateway.query<{ resource: { id: string } | null }, object>(
    'query ($ref: VendorRef!) { resource(ref: $ref) { id } }',
    { ref },
    headers,
  );
  return present(dataOf(answer).resource).id;
}

/** A lock at the vendor as it is shown. */
export function lockOf({ user }: DatadogCredential, heldByCaller: boolean | null): object {
  return { kind: 'VENDOR', heldByCaller, holder: { vendorId: user.id, name: user.name } };
}

/** A lock between callers of the gateway as it is shown. */
export function leaseOf(name: string, heldByCaller: boolean): object {
  return { kind: 'GATEWAY', heldByCaller, holder: { vendorId: null, name } };
}

const callers = ['alice', 'bob', 'reader'] as const;
type CallerName = (typeof callers)[number];

/** `API_KEYS` of two callers who may write and one who may only read. */
export const apiKeys = JSON.stringify(
  callers.map((name) => ({
    name,
    key: `key-of-${name}-0123456789`,
    scopes: name === 'reader' ? ['read'] : ['read', 'write'],
  })),
);

export function asCaller(name: CallerName, others: Headers = {}): Headers {
  return { authorization: `Bearer key-of-${name}-0123456789`, ...others };
}
