import { createServer, connect as dial, type Socket } from 'node:net';

/** Passes connections on to one of several servers on loopback in turn, and knows nothing of what goes through. */
export interface Balancer {
  readonly origin: string;
  /** Ports that connections are passed on to from now on; one that refuses is passed over. */
  leadTo(ports: readonly number[]): void;
  dispose(): Promise<void>;
}

export async function startBalancer(): Promise<Balancer> {
  let targets: readonly number[] = [];
  let turn = 0;
  const sockets = new Set<Socket>();

  function pass(near: Socket, left: number): void {
    const port = targets[turn % Math.max(1, targets.length)];
    turn += 1;
    if (port === undefined || left === 0) {
      near.destroy();
      return;
    }
    const far = dial(port, '127.0.0.1');
    let isOpen = false;
    far.once('connect', () => {
      isOpen = true;
      near.pipe(far);
      far.pipe(near);
    });
    sockets.add(far);
    far.on('error', () => undefined);
    far.once('close', () => {
      sockets.delete(far);
      if (isOpen) near.destroy();
      else pass(near, left - 1);
    });
    near.once('close', () => far.destroy());
  }

  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => undefined);
    near.once('close', () => sockets.delete(near));
    pass(near, targets.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    leadTo: (ports) => {
      targets = ports;
    },
    dispose: async () => {
      for (const socket of [...sockets]) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
