import type { Context } from 'hono';
import type { Caller, Gatekeeper } from './caller.ts';
import type { Clock } from './clock.ts';
import type { HumanloopSwitches } from './switches.ts';
import type { WriteContext } from './write-context.ts';

/** What every route works with. */
export interface Api {
  readonly gatekeeper: Gatekeeper;
  readonly switches: HumanloopSwitches;
  readonly clock: Clock;
}

/** Lets the caller in, or throws. */
export function callerOf(api: Api, context: Context): Caller {
  return api.gatekeeper.admit(context.req.header('x-api-key'));
}

export function writeContextOf(api: Api, { tenant, user }: Caller): WriteContext {
  return { tenant, user, now: api.clock.now(), switches: api.switches };
}
