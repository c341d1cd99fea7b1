import { Hono } from 'hono';
import { addControlRoutes } from '../core/control.ts';
import { startVendorServer, type VendorServer } from '../core/vendor-server.ts';
import { createDatadogApp } from './app.ts';
import { addDatadogControlRoutes } from './control-routes.ts';
import { RateLimit } from './rate-limit.ts';
import { DatadogState } from './state/datadog-state.ts';
import { changeSwitches, type DatadogSwitches, defaultSwitches } from './switches.ts';

export {
  type DatadogCredential,
  type DatadogTenantName,
  type DatadogUser,
  datadogCredentials,
} from './credentials.ts';
export { datadogSeed } from './seed/seed.ts';
export type { DatadogState } from './state/datadog-state.ts';
export type {
  Dataset,
  DatasetRecord,
  DatasetVersion,
  ModelLabProject,
  Project,
  Prompt,
} from './state/model.ts';
export type { DatadogSwitches } from './switches.ts';

export interface DatadogSandboxOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Switches that differ from their defaults, at the start and after each reset. */
  readonly switches?: Partial<DatadogSwitches>;
}

/** A Datadog that listens. */
export interface DatadogSandbox {
  /** What `DATADOG_BASE_URL` takes. */
  readonly baseUrl: string;
  readonly server: VendorServer;
  readonly state: DatadogState;
  /** May be changed at any time, also through `POST /_sandbox/switches`. */
  readonly switches: DatadogSwitches;
  /** Back to the seed and to the switches of the start; faults are lifted, the request log is emptied. */
  reset(): void;
  dispose(): Promise<void>;
}

/** Starts a Datadog with the seed of two organisations. */
export async function startDatadogSandbox(options: DatadogSandboxOptions = {}): Promise<DatadogSandbox> {
  const state = new DatadogState();
  const switches = defaultSwitches();
  const rateLimit = new RateLimit();
  const resetSwitches = (): void => {
    const issues = changeSwitches(switches, { ...defaultSwitches(), ...options.switches });
    if (issues.length > 0) throw new Error(`invalid switches: ${JSON.stringify(issues)}`);
  };
  resetSwitches();

  const app = new Hono();
  const vendor = { state, switches };
  addControlRoutes(app, () => server);
  addDatadogControlRoutes(app, vendor, reset);
  app.route('/', createDatadogApp(vendor, rateLimit));
  const server = await startVendorServer({ app, port: options.port ?? 0, host: options.host });

  function reset(): void {
    state.reset();
    resetSwitches();
    rateLimit.reset();
    server.faults.clear();
    server.requests.clear();
  }

  return { baseUrl: server.origin, server, state, switches, reset, dispose: () => server.dispose() };
}
