import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { humanloopCredentials } from '../../sandbox/humanloop/index.ts';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import type { TestGateway } from './gateway.ts';
import type { VendorKey } from './vendor-failures.ts';

const { ada } = datadogCredentials.acme;

/** The headers that the gateway's own account of the sandbox sends. */
export const ownHeaders: Readonly<Record<VendorKey, Readonly<Record<string, string>>>> = {
  datadog: { 'dd-api-key': ada.apiKey, 'dd-application-key': ada.applicationKey },
  humanloop: { 'x-api-key': humanloopCredentials.acme.priya.apiKey },
  posthog: { authorization: `Bearer ${posthogCredentials.acme.owner.apiKey}` },
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Replaces what stands at a path such as `data[1].attributes.name`. */
export function replaceAt(json: unknown, path: string, value: unknown): void {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  const last = steps.pop();
  let place = json;
  for (const step of steps) place = isRecord(place) ? place[step] : undefined;
  if (last === undefined || !isRecord(place) || !(last in place)) throw new Error(`nothing at ${path}`);
  place[last] = value;
}

/**
 * Has a vendor answer a request that `pattern` matches with its own answer, in which `change` has changed
 * something. `asked` must make the gateway send that request.
 */
export async function spoil(
  gateway: TestGateway,
  vendor: VendorKey,
  pattern: RegExp,
  asked: () => Promise<unknown>,
  change: (json: unknown) => void,
): Promise<void> {
  const { server } = gateway.sandbox[vendor];
  server.requests.clear();
  await asked();
  const request = server.requests.all.find(({ url }) => pattern.test(url));
  if (request === undefined) {
    throw new Error(`no request of ${pattern} among ${server.requests.all.map(({ url }) => url).join(' ')}`);
  }
  const response = await fetch(server.origin + request.url, { headers: ownHeaders[vendor] });
  const json: unknown = await response.json();
  change(json);
  server.faults.add({
    path: `^${request.url.replaceAll(/[^\w/]/g, '\\$&')}$`,
    effect: { type: 'replace-body', status: 200, body: JSON.stringify(json) },
  });
  server.requests.clear();
}
