/** The vendors that a source can be of. */
export const vendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const;
export type Vendor = (typeof vendors)[number];

/** How a vendor is called in sentences. */
export const vendorNames: Readonly<Record<Vendor, string>> = {
  DATADOG: 'Datadog',
  HUMANLOOP: 'Humanloop',
  POSTHOG: 'PostHog',
};

/** "Datadog", "Datadog and PostHog", "Datadog, Humanloop and PostHog". */
export function nameVendors(list: readonly Vendor[]): string {
  const names = list.map((vendor) => vendorNames[vendor]);
  const last = names.pop() ?? 'no vendor';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

declare const sourceKeyBrand: unique symbol;
/**
 * Which source of a vendor a thing lives at. One a vendor today; a second Datadog organisation or PostHog
 * project would be a further key, and no id or cursor would change.
 */
export type SourceKey = string & { readonly [sourceKeyBrand]: true };

const sourceKeyPattern = /^[a-z][a-z0-9-]{0,30}$/;

/** Lower-case letters, digits and dashes, beginning with a letter. */
export function sourceKey(text: string): SourceKey {
  if (!sourceKeyPattern.test(text)) throw new TypeError(`not a source key: ${JSON.stringify(text)}`);
  return text as SourceKey; // The one constructor of the brand.
}
