/** A block of a stream of server-sent events, field by field; a comment is under the empty name. */
export type EventBlock = Readonly<Record<string, string>>;

/** A stream of server-sent events as it is on the wire. */
export interface EventStream {
  readonly status: number;
  readonly headers: Headers;
  /** The next block that is no comment; undefined when the stream has ended. */
  next(): Promise<EventBlock | undefined>;
  /** The next comment; undefined when the stream has ended. */
  comment(): Promise<EventBlock | undefined>;
  close(): void;
}

function readBlock(text: string): EventBlock {
  return Object.fromEntries(
    text.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    }),
  );
}

async function* blocksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<EventBlock> {
  let rest = '';
  const decoder = new TextDecoder();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) yield readBlock(block);
  }
}

/** Opens one. Throws for an answer that is none. */
export async function openEvents(url: string, init: RequestInit = {}): Promise<EventStream> {
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'text/event-stream', ...init.headers },
  });
  const { status, headers, body } = response;
  if (body === null || headers.get('content-type') !== 'text/event-stream; charset=utf-8') {
    throw new Error(`no stream of events, but ${status}: ${await response.text()}`);
  }
  const reader = body.getReader();
  const blocks = blocksOf(reader);
  const find = async (isComment: boolean): Promise<EventBlock | undefined> => {
    for (;;) {
      const { value, done } = await blocks.next();
      if (done === true) return undefined;
      if ('' in value === isComment) return value;
    }
  };
  return {
    status,
    headers,
    next: () => find(false),
    comment: () => find(true),
    close: () => void reader.cancel(),
  };
}
