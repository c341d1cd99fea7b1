import { type Vendor, vendors } from './vendor.ts';

type Verb = 'read' | 'write';
/** What a caller may do, as keys and tokens name it: everywhere, or at one vendor. */
export type CallerScope = Verb | `${Verb}:${Lowercase<Vendor>}`;

/** At which vendors a caller may do what. To write is not to read. */
export interface Permissions {
  readonly read: ReadonlySet<Vendor>;
  readonly write: ReadonlySet<Vendor>;
}

function scopeAt(verb: Verb, vendor: Vendor): CallerScope {
  // The lower case of a union's member is a member of its Lowercase.
  return `${verb}:${vendor.toLowerCase() as Lowercase<Vendor>}`;
}

const verbs: readonly Verb[] = ['read', 'write'];

/** Every scope there is. */
export const callerScopes: readonly CallerScope[] = verbs.flatMap((verb) => [
  verb,
  ...vendors.map((vendor) => scopeAt(verb, vendor)),
]);

/** What scopes allow. One that is not known allows nothing: a token's may be meant for others. */
export function permissionsOf(scopes: Iterable<string>): Permissions {
  const given = new Set(scopes);
  const allowed = (verb: Verb): ReadonlySet<Vendor> =>
    new Set(vendors.filter((vendor) => given.has(verb) || given.has(scopeAt(verb, vendor))));
  return { read: allowed('read'), write: allowed('write') };
}

export const everything: Permissions = permissionsOf(['read', 'write']);
