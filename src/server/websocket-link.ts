import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';

/** How a socket is closed (RFC 6455, and GraphQL over WebSocket for codes from 4400 on). */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** An operation under way on a socket. */
export interface Running {
  /** Called when its client has left it, or it is over. */
  readonly end: () => void;
  /** A subscription: it has no end of its own to wait for. */
  readonly isStream: boolean;
}

/** One WebSocket and what goes on over it. */
export class WebSocketLink {
  readonly request: IncomingMessage;
  readonly #socket: WebSocket;
  /** By the id that the client gave. */
  readonly #running = new Map<string, Running>();
  readonly #heartbeat: NodeJS.Timeout;
  #isAlive = true;
  #stopAlarm = (): void => undefined;
  #leaving: { readonly closing: Closing; readonly waitsFor: 'answers' | 'everything' } | undefined;
  #patience: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, request: IncomingMessage, heartbeatInterval: number) {
    this.#socket = socket;
    this.request = request;
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    // After what has arrived is read: an answer that waits there because this process was busy has come in time.
    this.#heartbeat = setInterval(() => setImmediate(() => this.#beat()), heartbeatInterval);
  }

  /** Resolves when the socket has taken the data, or is gone: what is not read stays where it is. */
  readonly send = (data: string): Promise<void> =>
    new Promise((resolve) => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(data, () => resolve());
      else resolve();
    });

  readonly close = (code: number, reason: string): void => this.#socket.close(code, reason);

  /** A client that asks on and on and reads no answer is not read either, until it does. */
  holdBack(): void {
    const { socket } = this.request;
    if (!socket.writableNeedDrain || this.#socket.isPaused) return;
    this.#socket.pause();
    socket.once('drain', () => this.#socket.resume());
  }

  begin(id: string, running: Running): void {
    this.#running.set(id, running);
  }

  /** To be called off when the socket is closed. */
  setAlarm(stop: () => void): void {
    this.#stopAlarm = stop;
  }

  /** Forgets what has ended, and ends what its client has called off: what is no longer open. */
  sweep(isOpen: (id: string) => boolean): void {
    for (const [id, { end }] of this.#running) {
      if (isOpen(id)) continue;
      end();
      this.#running.delete(id);
    }
    this.#closeWhenIdle();
  }

  /**
   * Closes the socket as soon as its answers are out (`answers`: those of queries and mutations; `everything`: of
   * subscriptions too), at the latest after so many milliseconds.
   */
  leave(closing: Closing, waitsFor: 'answers' | 'everything', patience: number): void {
    this.#leaving = { closing, waitsFor };
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.close(closing.code, closing.reason), patience).unref();
    this.#closeWhenIdle();
  }

  /** The socket is closed: nothing goes on over it. */
  end(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#patience);
    this.#stopAlarm();
    for (const { end } of this.#running.values()) end();
    this.#running.clear();
  }

  #beat(): void {
    if (!this.#isAlive) {
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  #closeWhenIdle(): void {
    if (this.#leaving === undefined) return;
    const { closing, waitsFor } = this.#leaving;
    const running = [...this.#running.values()];
    if (running.some(({ isStream }) => waitsFor === 'everything' || !isStream)) return;
    this.close(closing.code, closing.reason);
  }
}
