import type { User } from './file.ts';
import type { HumanloopSwitches } from './switches.ts';
import type { Tenant } from './tenant.ts';
import { VendorError } from './vendor-error.ts';

/** Who asks, as the key tells. */
export interface Caller {
  readonly tenant: Tenant;
  readonly user: User;
}

/** Tells callers apart and counts their requests. */
export interface Gatekeeper {
  /** The caller; 401 for a key that nobody has, 429 for one that has asked too much. */
  admit(apiKey: string | undefined): Caller;
  reset(): void;
}

/** Counts over a sliding window, by key; refused requests do not count. */
export function createGatekeeper(tenants: () => readonly Tenant[], switches: HumanloopSwitches): Gatekeeper {
  const admitted = new Map<string, number[]>();

  function count(apiKey: string): void {
    if (switches.requestLimit === null) return;
    const { requests, seconds } = switches.requestLimit;
    const now = Date.now();
    const recent = (admitted.get(apiKey) ?? []).filter((time) => time > now - seconds * 1000);
    admitted.set(apiKey, recent);
    if (recent.length < requests) {
      recent.push(now);
      return;
    }
    const oldest = recent[0] ?? now;
    const wait = Math.max(1, Math.ceil((oldest + seconds * 1000 - now) / 1000));
    throw new VendorError(
      429,
      'Too many requests. Please slow down.',
      switches.retryAfter ? { 'retry-after': String(wait) } : {},
    );
  }

  return {
    admit(apiKey) {
      for (const tenant of tenants()) {
        const user = apiKey === undefined ? undefined : tenant.users.get(apiKey);
        if (apiKey === undefined || user === undefined) continue;
        count(apiKey);
        return { tenant, user };
      }
      throw new VendorError(
        switches.wrongKeyStatus,
        apiKey === undefined ? 'API key is missing.' : 'API key is not valid.',
      );
    },
    reset: () => admitted.clear(),
  };
}
