import type { Hono } from 'hono';
import { Fault, type FaultPlan } from './fault.ts';
import type { RequestLog } from './request-log.ts';

/**
 * The control routes that every sandbox vendor has, for use from another process:
 * `POST /_sandbox/faults` puts a fault in force, `DELETE /_sandbox/faults` lifts all,
 * `GET /_sandbox/requests` lists what was received, `DELETE /_sandbox/requests` forgets it.
 */
export function addControlRoutes(app: Hono, of: () => { faults: FaultPlan; requests: RequestLog }): void {
  app.post('/_sandbox/faults', async (context) => {
    const parsed = Fault.safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) return context.json({ error: parsed.error.issues }, 400);
    of().faults.add(parsed.data);
    return context.body(null, 204);
  });
  app.delete('/_sandbox/faults', (context) => {
    of().faults.clear();
    return context.body(null, 204);
  });
  app.get('/_sandbox/requests', (context) => context.json(of().requests.all));
  app.delete('/_sandbox/requests', (context) => {
    of().requests.clear();
    return context.body(null, 204);
  });
}
