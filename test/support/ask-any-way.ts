import { request } from 'undici';
import { type Message, openWebSocket, type RawWebSocket } from './raw-websocket.ts';

export const ways = ['post', 'get', 'events', 'websocket'] as const;
export type Way = (typeof ways)[number];

/** Asks in the name of one caller, over any transport. */
export interface Asker {
  /** All that was answered, as text: status, headers and body, or the messages of the operation. */
  ask(way: Way, query: string, variables?: Readonly<Record<string, unknown>>): Promise<string>;
  dispose(): Promise<void>;
}

/** One socket for all operations, each under an id of its own. */
class Socket {
  readonly #link: RawWebSocket;
  readonly #waiting = new Map<string, { messages: Message[]; done: (text: string) => void }>();
  #last = 0;

  constructor(link: RawWebSocket) {
    this.#link = link;
    link.socket.on('message', (data) => {
      // What the gateway sends has the members of the protocol's messages.
      const message = JSON.parse(String(data)) as Message;
      const waiting = this.#waiting.get(String(message['id']));
      waiting?.messages.push(message);
      if (waiting !== undefined && message['type'] !== 'next') {
        this.#waiting.delete(String(message['id']));
        waiting.done(JSON.stringify(waiting.messages));
      }
    });
  }

  ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<string> {
    this.#last += 1;
    const id = `operation-${this.#last}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { messages: [], done: resolve });
      void this.#link.closed.then(({ code, reason }) => reject(new Error(`closed: ${code} ${reason}`)));
      this.#link.send({ type: 'subscribe', id, payload: { query, variables } });
    });
  }

  async close(): Promise<void> {
    this.#link.socket.close();
    await this.#link.closed;
  }
}

/** Sends a request by the plainest client there is: thousands are sent in a test. */
async function send(
  url: string,
  method: 'GET' | 'POST',
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<string> {
  const answer = await request(url, { method, headers, body: body ?? null });
  return `${answer.statusCode} ${JSON.stringify(answer.headers)} ${await answer.body.text()}`;
}

/** `headers` are sent as such, and over a WebSocket in `connectionParams`. */
export function createAsker(url: string, headers: Readonly<Record<string, string>>): Asker {
  let socket: Promise<Socket> | undefined;
  const connect = async (): Promise<Socket> => {
    const link = await openWebSocket(url);
    link.send({ type: 'connection_init', payload: headers });
    await link.message('connection_ack');
    return new Socket(link);
  };
  return {
    ask: async (way, query, variables = {}) => {
      if (way === 'websocket') {
        socket ??= connect();
        return (await socket).ask(query, variables);
      }
      if (way === 'get') {
        const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
        return send(`${url}?${parameters}`, 'GET', { 'graphql-require-preflight': '1', ...headers });
      }
      const accept = way === 'events' ? 'text/event-stream' : 'application/json';
      const head = { 'content-type': 'application/json', accept, ...headers };
      return send(url, 'POST', head, JSON.stringify({ query, variables }));
    },
    dispose: async () => (await socket)?.close(),
  };
}
