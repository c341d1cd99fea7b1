import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';

/** A message of the protocol, as it is on the wire. */
export type Message = Readonly<Record<string, unknown>>;

/** A WebSocket without a client's manners. */
export interface RawWebSocket {
  readonly socket: WebSocket;
  /** All messages so far. */
  readonly messages: readonly Message[];
  send(message: unknown): void;
  /** The first message of this kind, which may have come already. */
  message(type: string): Promise<Message>;
  /** How it was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Opens one. Rejects with the server's words when it does not become one. */
export async function openWebSocket(
  url: string,
  options: ClientOptions & { readonly protocol?: string } = {},
): Promise<RawWebSocket> {
  const { protocol = 'graphql-transport-ws', ...others } = options;
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocol === '' ? [] : protocol, others);
  const messages: Message[] = [];
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  await once(socket, 'open');
  return {
    socket,
    messages,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    message: async (type) => {
      for (;;) {
        const found = messages.find((message) => message['type'] === type);
        if (found !== undefined) return found;
        if (socket.readyState !== socket.OPEN) throw new Error(`closed before a message of type ${type}`);
        await Promise.race([once(socket, 'message'), closed]);
      }
    },
  };
}
