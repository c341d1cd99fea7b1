/** Stands in every secret and nowhere else: a piece of a secret is found by it too. */
export const canary = 'c4n4ry';
/** What a vendor may write otherwise in JSON, HTML and URLs. */
const awkward = '"\\/<&>%41+';

/** A key of the gateway's own callers. */
export const apiKey = `${canary}-gateway-key-of-reports`;
/** A key of a caller for whom the configuration has credentials. */
export const mappedKey = `${canary}-gateway-key-of-mapped`;

/** Vendor keys, under the names that callers send them by. */
export type VendorKeys = Readonly<
  Record<
    'x-datadog-api-key' | 'x-datadog-application-key' | 'x-humanloop-api-key' | 'x-posthog-api-key',
    string
  >
>;

function keysOf(whose: string): VendorKeys {
  return {
    'x-datadog-api-key': `${canary}-${whose}-dd-api`,
    'x-datadog-application-key': `${canary}-${whose}-dd-app${awkward}`,
    'x-humanloop-api-key': `${canary}-${whose}-hl${awkward}`,
    'x-posthog-api-key': `phx_${canary}-${whose}-ph${awkward}`,
  };
}

export const ownKeys = keysOf('own');
export const mappedKeys = keysOf('mapped');
export const sentKeys = keysOf('caller');

/** A project is no secret: it stands in the addresses of PostHog. */
export const project = { 'x-posthog-project-id': '1001' };

/** The settings that hold secrets, each with one. */
export const secretSettings: Readonly<Record<string, string>> = {
  API_KEYS: JSON.stringify([
    { name: 'reports', key: apiKey, scopes: ['read', 'write'] },
    { name: 'mapped', key: mappedKey, scopes: ['read', 'write'] },
  ]),
  CALLER_CREDENTIALS: JSON.stringify({ 'key:mapped': { ...mappedKeys, ...project } }),
  DD_API_KEY: ownKeys['x-datadog-api-key'],
  DD_APP_KEY: ownKeys['x-datadog-application-key'],
  HUMANLOOP_API_KEY: ownKeys['x-humanloop-api-key'],
  POSTHOG_PERSONAL_API_KEY: ownKeys['x-posthog-api-key'],
  POSTHOG_PROJECT_ID: '1001',
};

/** How callers come by credentials, by what they send: each of the three ways. */
export const senders = {
  "the gateway's own": { authorization: `Bearer ${apiKey}` },
  mapped: { authorization: `Bearer ${mappedKey}` },
  sent: { authorization: `Bearer ${apiKey}`, ...sentKeys, ...project },
} as const;

/** Where a secret shows, with what stands around it. */
export function leaksIn(text: string, secret = canary): readonly string[] {
  const pieces = text.split(secret);
  return pieces.slice(1).map((after, index) => `${pieces[index]?.slice(-60)}<>${after.slice(0, 40)}`);
}
