import { startTestGateway, type TestGateway } from './gateway.ts';
import { acmeCaller, type CallerHeaders, globexCaller } from './tenants.ts';
import { plantTwins } from './twins.ts';

/** A caller, with the organisation whose credentials vendors are asked with for it. */
export interface Party {
  readonly name: string;
  readonly tenant: 'acme' | 'globex';
  readonly headers: CallerHeaders;
  /** The names of callers that it may be told: its own, and of those who share its credentials. */
  readonly mayRead: readonly string[];
}

const keys = ['caller-own', 'caller-mapped-one', 'caller-mapped-two', 'caller-sending'] as const;
type Key = (typeof keys)[number];

function as(name: Key): CallerHeaders {
  return { authorization: `Bearer key-of-${name}-0123456789` };
}

const ofAcme = ['caller-mapped-one', 'caller-sending'];
const ofGlobex = ['caller-mapped-two', 'caller-sending'];

/** Credentials come in all three ways: the gateway's own, out of its configuration, and sent. */
export const parties = {
  own: { name: 'own', tenant: 'acme', headers: as('caller-own'), mayRead: ['caller-own'] },
  acmeMapped: { name: 'acmeMapped', tenant: 'acme', headers: as('caller-mapped-one'), mayRead: ofAcme },
  globexMapped: {
    name: 'globexMapped',
    tenant: 'globex',
    headers: as('caller-mapped-two'),
    mayRead: ofGlobex,
  },
  // One caller of the gateway with the credentials of either: nothing is kept by the caller alone.
  acmeSent: {
    name: 'acmeSent',
    tenant: 'acme',
    headers: { ...as('caller-sending'), ...acmeCaller },
    mayRead: ofAcme,
  },
  globexSent: {
    name: 'globexSent',
    tenant: 'globex',
    headers: { ...as('caller-sending'), ...globexCaller },
    mayRead: ofGlobex,
  },
} as const satisfies Record<string, Party>;

export const allParties: readonly [Party, ...Party[]] = [
  parties.own,
  parties.acmeMapped,
  parties.globexMapped,
  parties.acmeSent,
  parties.globexSent,
];

/** A gateway for all of them, over vendors where the same ids are of either organisation. */
export async function startForTwo(environment: Readonly<Record<string, string>> = {}): Promise<TestGateway> {
  const gateway = await startTestGateway({
    environment: {
      API_KEYS: JSON.stringify(
        keys.map((name) => ({ name, key: `key-of-${name}-0123456789`, scopes: ['read', 'write'] })),
      ),
      CALLER_CREDENTIALS: JSON.stringify({
        'key:caller-mapped-one': acmeCaller,
        'key:caller-mapped-two': globexCaller,
      }),
      ...environment,
    },
  });
  plantTwins(gateway.sandbox);
  return gateway;
}

const foreign = { acme: /globex/i, globex: /acme/i } as const;

/** What of another's stands in a text that a party was given; empty where nothing does. */
export function crossingsIn(text: string, { tenant, mayRead }: Party): readonly string[] {
  const found = foreign[tenant].exec(text);
  const words = found === null ? [] : [text.slice(Math.max(0, found.index - 60), found.index + 60)];
  const callers = text.match(/caller-(own|mapped-one|mapped-two|sending)/g) ?? [];
  return [...words, ...callers.filter((name) => !mayRead.includes(name))];
}

/** Whether a text shows something of the party's own organisation. */
export function showsOwn(text: string, { tenant }: Party): boolean {
  return foreign[tenant === 'acme' ? 'globex' : 'acme'].test(text);
}
