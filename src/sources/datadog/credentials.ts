import { InvalidInputError } from '../../domain/errors.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { type Account, createAccount } from '../../http/account.ts';
import { type CallerHeaders, readCallerHeader } from '../definition.ts';
import { apiOf, type DatadogSite, datadogSites, defaultDatadogSite, readSite } from './sites.ts';

export interface CredentialOptions {
  readonly site: DatadogSite | undefined;
  readonly baseUrl: string | undefined;
  readonly apiKey: string | undefined;
  readonly appKey: string | undefined;
  readonly sandbox: boolean;
  readonly scopeKey: Buffer;
}

const apiKeyHeader = 'x-datadog-api-key';
const applicationKeyHeader = 'x-datadog-application-key';
const siteHeader = 'x-datadog-site';

/** The headers by which a caller brings credentials of its own. */
export const credentialHeaders: readonly string[] = [apiKeyHeader, applicationKeyHeader, siteHeader];

interface KeyPair {
  readonly apiKey: string;
  readonly appKey: string;
}

function refuse(header: string, message: string, issue: string): InvalidInputError {
  return new InvalidInputError(message, [{ path: [header], message: issue }]);
}

function readKeys(header: CallerHeaders): KeyPair | undefined {
  const apiKey = readCallerHeader(header, apiKeyHeader);
  const appKey = readCallerHeader(header, applicationKeyHeader);
  if (apiKey !== undefined && appKey !== undefined) return { apiKey, appKey };
  if (apiKey === undefined && appKey === undefined) return undefined;
  const missing = apiKey === undefined ? apiKeyHeader : applicationKeyHeader;
  const message = `Datadog takes an API key and an application key together: the header ${missing} is missing.`;
  throw refuse(missing, message, 'is missing');
}

function readCallerSite(header: CallerHeaders): DatadogSite | undefined {
  const text = readCallerHeader(header, siteHeader);
  if (text === undefined) return undefined;
  const site = readSite(text);
  if (site !== undefined) return site;
  const message = `The header ${siteHeader} names no site of Datadog. Sites are: ${Object.values(datadogSites).join(', ')}.`;
  throw refuse(siteHeader, message, 'is not a site of Datadog');
}

/** Where to call: an address that the gateway was given stands above every site. */
function baseUrlFor(options: CredentialOptions, callerSite: DatadogSite | undefined): string {
  const own = options.site ?? defaultDatadogSite;
  if (options.baseUrl === undefined) return apiOf(callerSite ?? own);
  // The sandbox plays every site. Elsewhere keys are not sent to an address that is not the site they were meant for.
  if (callerSite === undefined || callerSite === own || options.sandbox) return options.baseUrl;
  const message = `This gateway calls Datadog at an address of its own, which serves ${own}: the header ${siteHeader} cannot name another site.`;
  throw refuse(siteHeader, message, `must be ${own} or left out`);
}

/** The account that serves a caller: made of what it sends, or else of the gateway's own keys, never of both. */
export function accountFor(
  source: SourceKey,
  options: CredentialOptions,
  header: CallerHeaders,
): Account | undefined {
  const keys = readKeys(header);
  const site = readCallerSite(header);
  if (keys === undefined && site !== undefined) {
    const message = `The header ${siteHeader} goes with keys of your own: ${apiKeyHeader} and ${applicationKeyHeader} are missing.`;
    throw refuse(siteHeader, message, 'goes with keys of your own');
  }
  const apiKey = keys?.apiKey ?? options.apiKey;
  const appKey = keys?.appKey ?? options.appKey;
  if (apiKey === undefined || appKey === undefined) return undefined;
  return createAccount({
    source,
    vendor: 'DATADOG',
    baseUrl: baseUrlFor(options, site),
    headers: { 'dd-api-key': apiKey, 'dd-application-key': appKey },
    secrets: [apiKey, appKey],
    ofCaller: keys !== undefined,
    scopeKey: options.scopeKey,
  });
}
