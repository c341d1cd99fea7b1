import type { Context, Hono } from 'hono';
import type { Caller } from './credentials.ts';
import type { DatadogState } from './state/datadog-state.ts';
import type { Tenant } from './state/model.ts';
import type { DatadogSwitches } from './switches.ts';

/** What every route of the sandbox works on. */
export interface DatadogVendor {
  readonly state: DatadogState;
  readonly switches: DatadogSwitches;
}

interface Environment {
  Variables: { caller: Caller };
}

export type DatadogApp = Hono<Environment>;
export type DatadogContext = Context<Environment>;

/** The organisation that the caller belongs to. */
export function tenantOf(context: DatadogContext, vendor: DatadogVendor): Tenant {
  return vendor.state.tenant(context.get('caller').tenant);
}

/** A path parameter; the routes that ask for it have it. */
export function pathParameter(context: DatadogContext, name: string): string {
  return context.req.param(name) ?? '';
}
