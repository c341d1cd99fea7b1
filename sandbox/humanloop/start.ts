import { addControlRoutes } from '../core/control.ts';
import { startVendorServer, type VendorServer } from '../core/vendor-server.ts';
import { createApp } from './app.ts';
import { createGatekeeper } from './caller.ts';
import { createClock } from './clock.ts';
import { createState, type HumanloopState } from './state.ts';
import { defaultSwitches, HumanloopSwitches } from './switches.ts';

export interface HumanloopSandboxOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Switches that start off their default; a reset brings these back. */
  readonly switches?: Partial<HumanloopSwitches>;
}

/** A running Humanloop. */
export interface HumanloopSandbox {
  /** What `HUMANLOOP_BASE_URL` and the SDK's `baseUrl` take; ends in `/v5`. */
  readonly baseUrl: string;
  /** Faults and the log of requests. */
  readonly server: VendorServer;
  readonly state: HumanloopState;
  /** May be changed at any time, also through `POST /_sandbox/switches` (members to change). */
  readonly switches: HumanloopSwitches;
  /** Back to the seed and the first switches, faults lifted, log cleared; also `POST /_sandbox/reset`. */
  reset(): void;
  dispose(): Promise<void>;
}

/** Starts a Humanloop with state of its own; many can run in one process. */
export async function startHumanloopSandbox(
  options: HumanloopSandboxOptions = {},
): Promise<HumanloopSandbox> {
  const first = (): HumanloopSwitches =>
    HumanloopSwitches.parse({ ...defaultSwitches(), ...options.switches });
  const switches = first();
  const clock = createClock();
  const state = createState(clock, switches);
  const gatekeeper = createGatekeeper(() => [state.acme, state.globex], switches);
  const app = createApp({ gatekeeper, switches, clock });

  function reset(): void {
    state.reset();
    gatekeeper.reset();
    Object.assign(switches, first());
    server.faults.clear();
    server.requests.clear();
  }

  app.get('/_sandbox/switches', (context) => context.json(switches));
  app.post('/_sandbox/switches', async (context) => {
    const parsed = HumanloopSwitches.partial()
      .strict()
      .safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) return context.json({ error: parsed.error.issues }, 400);
    Object.assign(switches, parsed.data);
    return context.json(switches);
  });
  app.post('/_sandbox/reset', (context) => {
    reset();
    return context.body(null, 204);
  });
  addControlRoutes(app, () => server);

  const server = await startVendorServer({ app, port: options.port ?? 0, host: options.host });
  return {
    baseUrl: `${server.origin}/v5`,
    server,
    state,
    switches,
    reset,
    dispose: () => server.dispose(),
  };
}
