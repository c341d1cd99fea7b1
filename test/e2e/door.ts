import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A door in front of a vendor that can be shut: whoever is inside stays, and nobody new comes in. */
export interface Door {
  /** Scheme, host and port. */
  readonly origin: string;
  leadTo(origin: string): void;
  /** From here on new connections are refused, as by a server that is gone. */
  shut(): void;
  open(): Promise<void>;
  dispose(): Promise<void>;
}

export async function startDoor(): Promise<Door> {
  let target: URL | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(Number(target?.port), target?.hostname);
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  // A TCP server's address is an AddressInfo once it listens (Node's documentation of server.address()).
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    leadTo: (origin) => {
      target = new URL(origin);
    },
    shut: () => {
      server.close();
    },
    open: async () => {
      if (!server.listening) await listen(port);
    },
    dispose: async () => {
      if (server.listening) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
