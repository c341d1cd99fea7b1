import { Hono } from 'hono';
import { addControlRoutes } from '../core/control.ts';
import { startVendorServer, type VendorServer } from '../core/vendor-server.ts';
import { createPostHogApp } from './app.ts';
import { PostHogState } from './state.ts';
import { PostHogSwitches } from './switches.ts';
import { Throttle } from './throttle.ts';

/** The switches may be given too; each is documented with its default in `switches.ts`. */
export interface PostHogSandboxOptions extends Partial<PostHogSwitches> {
  /** Default 0, a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

export interface PostHogSandbox {
  /** What the gateway's base URL for PostHog takes: no slash at the end. */
  readonly baseUrl: string;
  readonly server: VendorServer;
  /** What is in it, and ways to act behind the gateway's back. */
  readonly state: PostHogState;
  /** May be changed at any time, here or by `POST /_sandbox/switches`. */
  readonly switches: PostHogSwitches;
  /** Back to the seed and the switches of the start; faults are lifted, the log and the throttles forgotten. */
  reset(): void;
  dispose(): Promise<void>;
}

/** Starts a PostHog of its own, with nothing shared with any other in the process. */
export async function startPostHogSandbox(options: PostHogSandboxOptions = {}): Promise<PostHogSandbox> {
  const { port = 0, host, ...initial } = options;
  const state = new PostHogState(initial);
  const throttle = new Throttle();
  const app = new Hono();

  addControlRoutes(app, () => server);
  app.post('/_sandbox/reset', (context) => {
    reset();
    return context.body(null, 204);
  });
  app.get('/_sandbox/switches', (context) => context.json(state.switches));
  app.post('/_sandbox/switches', async (context) => {
    const parsed = PostHogSwitches.partial().safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) return context.json({ error: parsed.error.issues }, 400);
    Object.assign(state.switches, parsed.data);
    return context.json(state.switches);
  });
  const vendor = createPostHogApp(state, throttle);
  app.all('*', (context) => vendor.fetch(context.req.raw));

  const server = await startVendorServer({ app, port, host });

  function reset(): void {
    state.reset();
    throttle.clear();
    server.faults.clear();
    server.requests.clear();
  }

  return {
    baseUrl: server.origin,
    server,
    state,
    switches: state.switches,
    reset,
    dispose: () => server.dispose(),
  };
}
