/** A person of an organisation, as a draft state shows them (Datadog spec, `LLMObsDatasetDraftStateUser`). */
export interface DatadogUser {
  readonly id: string;
  readonly name: string;
  readonly handle: string;
  readonly email: string;
  readonly icon: string;
}

/** One user's way in: the organisation's API key, and the application key that says who is calling. */
export interface DatadogCredential {
  readonly apiKey: string;
  readonly applicationKey: string;
  readonly user: DatadogUser;
}

export type DatadogTenantName = 'acme' | 'globex';

function person(id: string, name: string, email: string): DatadogUser {
  const icon = `https://secure.gravatar.com/avatar/${id.replaceAll('-', '')}?s=48&d=retro`;
  return { id, name, handle: email, email, icon };
}

const benUser = person('8c0de1a4-77b2-4d0c-8f0e-5a1b6c3d9e21', 'Ben Okafor', 'ben.okafor@acme.example');

const acmeApiKey = '5a3d0b7c9e1f4826a7b3c5d9e0f12a34';
const globexApiKey = 'c81e728d9d4c2f636f067f89cc14862c';

/**
 * The keys that the sandbox knows. `acme` has the rich seed and two people who can fight over a lock; `globex`
 * is another organisation, which sees nothing of it.
 */
export const datadogCredentials = {
  acme: {
    ada: {
      apiKey: acmeApiKey,
      applicationKey: '0f2d7c4b8a6e1935d4c3b2a190f8e7d6c5b4a392',
      user: person('3f6b1c52-2e5e-41ef-99c3-7291dac01325', 'Ada Marsh', 'ada.marsh@acme.example'),
    },
    ben: {
      apiKey: acmeApiKey,
      applicationKey: '9b8a7f6e5d4c3b2a1908f7e6d5c4b3a291807f6e',
      user: benUser,
    },
    /** Another application key of the same person. */
    benAgain: {
      apiKey: acmeApiKey,
      applicationKey: '7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2918f7e6d5',
      user: benUser,
    },
  },
  globex: {
    gia: {
      apiKey: globexApiKey,
      applicationKey: '1a2b3c4d5e6f708192a3b4c5d6e7f80918273645',
      user: person('d2a9f0c6-1b3e-4c58-9a7d-0e4f2b6c8d13', 'Gia Romano', 'gia.romano@globex.example'),
    },
  },
} as const satisfies Record<DatadogTenantName, Record<string, DatadogCredential>>;

/** Who calls: a user of an organisation. */
export interface Caller {
  readonly tenant: DatadogTenantName;
  readonly user: DatadogUser;
}

const known: readonly (DatadogCredential & Caller)[] = [
  { ...datadogCredentials.acme.ada, tenant: 'acme' },
  { ...datadogCredentials.acme.ben, tenant: 'acme' },
  { ...datadogCredentials.acme.benAgain, tenant: 'acme' },
  { ...datadogCredentials.globex.gia, tenant: 'globex' },
];

/** The caller that the pair of keys stands for; both must belong to the same organisation. */
export function callerOf(apiKey: string, applicationKey: string): Caller | undefined {
  return known.find((one) => one.apiKey === apiKey && one.applicationKey === applicationKey);
}

/** The user of a tenant with that id. */
export function userOf(tenant: DatadogTenantName, id: string): DatadogUser | undefined {
  return known.find((one) => one.tenant === tenant && one.user.id === id)?.user;
}
