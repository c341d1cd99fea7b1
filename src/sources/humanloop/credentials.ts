import type { SourceKey } from '../../domain/vendor.ts';
import { type Account, createAccount } from '../../http/account.ts';
import { type CallerHeaders, readCallerHeader } from '../definition.ts';
import type { HumanloopOptions } from './options.ts';

const defaultBaseUrl = 'https://api.humanloop.com/v5';

/** The header by which a caller brings a key of its own. */
export const callerKeyHeader = 'x-humanloop-api-key';

/** The account that serves a caller: with the key that it sends, else with the gateway's, if it has one. */
export function accountFor(
  options: HumanloopOptions,
  source: SourceKey,
  header: CallerHeaders,
): Account | undefined {
  const sent = readCallerHeader(header, callerKeyHeader);
  const apiKey = sent ?? options.apiKey;
  if (apiKey === undefined) return undefined;
  return createAccount({
    source,
    vendor: 'HUMANLOOP',
    baseUrl: options.baseUrl ?? defaultBaseUrl,
    headers: { 'x-api-key': apiKey },
    secrets: [apiKey],
    ofCaller: sent !== undefined,
    scopeKey: options.scopeKey,
  });
}
