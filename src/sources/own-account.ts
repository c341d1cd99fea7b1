import { once } from '../domain/once.ts';
import type { VendorDefinition } from './definition.ts';

const nothing = (): undefined => undefined;

/**
 * A vendor whose account with the gateway's own credentials is made once: nothing in it changes, and its scope is a
 * hash. Nothing is kept of a caller's.
 */
export function rememberOwnAccount(definition: VendorDefinition): VendorDefinition {
  const { credentialHeaders } = definition;
  const own = once(() => definition.accountFor(nothing));
  return {
    ...definition,
    accountFor: (header) => {
      if (credentialHeaders.some((name) => header(name) !== undefined)) return definition.accountFor(header);
      return own();
    },
  };
}
