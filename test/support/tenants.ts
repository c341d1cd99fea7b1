import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { humanloopCredentials } from '../../sandbox/humanloop/index.ts';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';

export type CallerHeaders = Readonly<Record<string, string>>;

function headersOf(
  datadog: { readonly apiKey: string; readonly applicationKey: string },
  humanloop: { readonly apiKey: string },
  posthog: { readonly apiKey: string },
  project: number,
): CallerHeaders {
  return {
    'x-datadog-api-key': datadog.apiKey,
    'x-datadog-application-key': datadog.applicationKey,
    'x-humanloop-api-key': humanloop.apiKey,
    'x-posthog-api-key': posthog.apiKey,
    'x-posthog-project-id': String(project),
  };
}

const { acme: posthogAcme, globex: posthogGlobex } = posthogCredentials;

/** A caller of Acme with keys of its own: other people's than those that the gateway itself calls as. */
export const acmeCaller = headersOf(
  datadogCredentials.acme.ben,
  humanloopCredentials.acme.tomas,
  posthogAcme.reader,
  posthogAcme.projectId,
);

/** A caller of Globex, whose every name begins with "Globex". */
export const globexCaller = headersOf(
  datadogCredentials.globex.gia,
  humanloopCredentials.globex.lena,
  posthogGlobex.owner,
  posthogGlobex.projectId,
);

/** All values that stand under one of these names, however deep. */
export function valuesOf(json: unknown, names: ReadonlySet<string>, out: unknown[] = []): unknown[] {
  if (Array.isArray(json)) for (const item of json) valuesOf(item, names, out);
  else if (typeof json === 'object' && json !== null) {
    for (const [name, value] of Object.entries(json)) {
      if (names.has(name) && value !== null) out.push(value);
      valuesOf(value, names, out);
    }
  }
  return out;
}
