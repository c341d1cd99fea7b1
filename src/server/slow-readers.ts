import type { Socket } from 'node:net';

interface Standing {
  /** Bytes that the client had taken when it last took any. */
  readonly taken: number;
  /** Milliseconds, by the monotonic clock. */
  readonly since: number;
}

/**
 * Cuts off clients that do not read what waits for them, over every transport: what is held for them, and whatever
 * they hold themselves, is free again. It looks at what the socket has taken, which nothing that they send changes.
 */
export class SlowReaders {
  readonly #patience: number;
  readonly #speed: number;
  readonly #sockets = new Map<Socket, Standing | undefined>();
  readonly #timer: NodeJS.Timeout;

  /** Patience in milliseconds; speed in bytes a second, since a socket tells of a long answer only when it is taken whole. */
  constructor(patience: number, speed: number) {
    this.#patience = patience;
    this.#speed = speed;
    this.#timer = setInterval(() => this.#look(), Math.max(10, patience / 4)).unref();
  }

  watch(socket: Socket): void {
    this.#sockets.set(socket, undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    for (const [socket, standing] of this.#sockets) {
      const { bytesWritten, writableLength } = socket;
      if (writableLength === 0) {
        if (standing !== undefined) this.#sockets.set(socket, undefined);
        continue;
      }
      const taken = bytesWritten - writableLength;
      if (standing?.taken !== taken) this.#sockets.set(socket, { taken, since: now });
      else if (now - standing.since > this.#patience + (writableLength / this.#speed) * 1_000)
        socket.destroy();
    }
  }
}
