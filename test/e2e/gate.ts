import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A door in front of a vendor: requests can be kept waiting at it for as long as a test needs. */
export interface Gate {
  /** Scheme, host and port; what stands behind it is set with {@link Gate.leadTo}. */
  readonly origin: string;
  leadTo(origin: string): void;
  /** How many are waiting. */
  readonly waiting: number;
  /** Resolves once so many are waiting. */
  waitFor(count: number): Promise<void>;
  /** Lets through whoever waits, and whoever comes from now on. */
  open(): void;
  dispose(): Promise<void>;
}

/** Starts a door that keeps back the requests whose path and query match, of any method or of this one. */
export async function startGate(keepsBack: RegExp, method?: string): Promise<Gate> {
  let target: URL | undefined;
  let isOpen = false;
  const waiting: (() => void)[] = [];
  const watchers = new Set<() => void>();

  function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (target === undefined) throw new Error('the gate leads nowhere');
    const { hostname, port } = target;
    const { method, url, headers } = incoming;
    const onward = request({ hostname, port, method, path: url, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }

  const server = createServer((incoming, outgoing) => {
    const isOther = method !== undefined && incoming.method !== method;
    if (isOpen || isOther || !keepsBack.test(decodeURIComponent(incoming.url ?? ''))) {
      pass(incoming, outgoing);
      return;
    }
    waiting.push(() => pass(incoming, outgoing));
    for (const watcher of [...watchers]) watcher();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is an AddressInfo once it listens (Node's documentation of server.address()).
  const { port } = server.address() as AddressInfo;

  return {
    origin: `http://127.0.0.1:${port}`,
    leadTo: (origin) => {
      target = new URL(origin);
    },
    get waiting() {
      return waiting.length;
    },
    waitFor: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (waiting.length < count) return;
          watchers.delete(check);
          resolve();
        };
        watchers.add(check);
        check();
      }),
    open: () => {
      isOpen = true;
      for (const go of waiting.splice(0)) go();
    },
    dispose: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
