import type { Hono } from 'hono';
import { z } from 'zod';
import { type DatadogTenantName, type DatadogUser, userOf } from './credentials.ts';
import type { DatadogState } from './state/datadog-state.ts';
import { changeSwitches } from './switches.ts';
import type { DatadogVendor } from './vendor.ts';

const Target = { tenant: z.enum(['acme', 'globex']).default('acme'), dataset: z.string() };

/** What can be done behind the gateway's back; a dataset is named by its name or its id. */
const Action = z.discriminatedUnion('type', [
  z.object({ type: z.literal('lock'), user: z.string(), ...Target }),
  z.object({ type: z.literal('unlock'), ...Target }),
  z.object({ type: z.literal('add-version'), user: z.string(), ...Target }),
  z.object({ type: z.literal('retire-version'), version: z.number().int(), ...Target }),
]);

function userNamed({ tenant, user }: { tenant: DatadogTenantName; user: string }): DatadogUser {
  const found = userOf(tenant, user);
  if (found === undefined) throw new Error(`"${tenant}" has no user with the id "${user}"`);
  return found;
}

function act(state: DatadogState, action: z.infer<typeof Action>): void {
  const dataset = state.dataset(action.tenant, action.dataset);
  switch (action.type) {
    case 'lock':
      state.lock(dataset, userNamed(action));
      return;
    case 'unlock':
      state.unlock(dataset);
      return;
    case 'add-version':
      state.addVersion(dataset, userNamed(action));
      return;
    case 'retire-version':
      state.retireVersion(dataset, action.version);
      return;
  }
}

/**
 * The control routes of this vendor: `GET` and `POST /_sandbox/switches` (the body is merged into the switches),
 * `POST /_sandbox/reset`, `POST /_sandbox/actions`.
 */
export function addDatadogControlRoutes(app: Hono, vendor: DatadogVendor, reset: () => void): void {
  app.get('/_sandbox/switches', (context) => context.json(vendor.switches));
  app.post('/_sandbox/switches', async (context) => {
    const issues = changeSwitches(vendor.switches, await context.req.json().catch(() => undefined));
    return issues.length > 0 ? context.json({ error: issues }, 400) : context.json(vendor.switches);
  });
  app.post('/_sandbox/reset', (context) => {
    reset();
    return context.body(null, 204);
  });
  app.post('/_sandbox/actions', async (context) => {
    const action = Action.safeParse(await context.req.json().catch(() => undefined));
    if (!action.success) return context.json({ error: action.error.issues }, 400);
    try {
      act(vendor.state, action.data);
      return context.body(null, 204);
    } catch (error) {
      return context.json({ error: error instanceof Error ? error.message : 'unknown' }, 400);
    }
  });
}
