import type { Caller } from '../context.ts';
import type { Account } from '../http/account.ts';
import type { CallerHeaders, VendorDefinition } from '../sources/definition.ts';

/** Vendor credentials of single callers, out of the configuration: by the caller's id, and then by header. */
export type CallerCredentials = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * The account that serves a caller at a vendor: of the credentials that it sends, else of those that the configuration
 * has for it, else of the gateway's own; undefined where there are none. One of these whole, never parts of several.
 */
export function accountOf(
  definition: VendorDefinition,
  mapped: CallerCredentials,
  callerId: Caller['id'],
  header: CallerHeaders,
): Account | undefined {
  const sends = definition.credentialHeaders.some((name) => (header(name)?.trim() ?? '') !== '');
  const values = mapped.get(callerId);
  const isMapped = definition.credentialHeaders.some((name) => values?.has(name) === true);
  if (sends || values === undefined || !isMapped) return definition.accountFor(header);
  const account = definition.accountFor((name) => values.get(name));
  // The configuration holds them, and may hold the same for several: as with the gateway's own, leases keep those apart.
  return account === undefined ? undefined : { ...account, ofCaller: false };
}
