/** Datadog's sites, by the names that its documentation calls them (Datadog spec, `servers`). */
export const datadogSites = {
  US1: 'datadoghq.com',
  US3: 'us3.datadoghq.com',
  US5: 'us5.datadoghq.com',
  EU1: 'datadoghq.eu',
  AP1: 'ap1.datadoghq.com',
  AP2: 'ap2.datadoghq.com',
  UK1: 'uk1.datadoghq.com',
  GOV: 'ddog-gov.com',
  US2_GOV: 'us2.ddog-gov.com',
} as const;

/** An organisation lives on one site; its keys work on no other. */
export type DatadogSite = (typeof datadogSites)[keyof typeof datadogSites];

/** The site that Datadog's own clients call when they are told none. */
export const defaultDatadogSite: DatadogSite = datadogSites.US1;

const sitesByText: ReadonlyMap<string, DatadogSite> = new Map(
  Object.entries(datadogSites).flatMap(([name, site]) => [
    [name.toLowerCase(), site],
    [site, site],
  ]),
);

/** The site of that address or name, in any case. */
export function readSite(text: string): DatadogSite | undefined {
  return sitesByText.get(text.toLowerCase());
}

/** Where a site's API is. */
export function apiOf(site: DatadogSite): string {
  return `https://api.${site}`;
}
