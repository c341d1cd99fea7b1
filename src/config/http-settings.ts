import { whole } from './setting.ts';

/** What a client of the gateway may take of it, before and beside its operations. */
export const httpSettings = {
  MAX_CONNECTIONS: whole(
    'Most connections at once; more are closed as they come. Each takes one of the files that the process may have open.',
    'connections',
    { min: 1, max: 1_000_000, default: 30_000 },
  ),
  MAX_HEADER_BYTES: whole('Largest head of a request: its address and headers.', 'bytes', {
    min: 2_048,
    max: 1_048_576,
    default: 16_384,
  }),
  MAX_HEADERS: whole('Most headers of a request.', 'headers', { min: 10, max: 10_000, default: 100 }),
  HEADERS_TIMEOUT: whole(
    'How long the head of a request may take to arrive, that of a WebSocket too, from the opening of its connection or its first byte.',
    'milliseconds',
    { min: 50, max: 600_000, default: 10_000 },
  ),
  REQUEST_TIMEOUT: whole('How long a request may take to arrive, with its body.', 'milliseconds', {
    min: 50,
    max: 3_600_000,
    default: 60_000,
  }),
  KEEP_ALIVE_TIMEOUT: whole(
    'How long a connection without a request is kept; more than the 60 s after which common load balancers let go of it.',
    'milliseconds',
    { min: 1, max: 600_000, default: 65_000 },
  ),
  READER_TIMEOUT: whole(
    'How long a client may take nothing of an answer, an event or a message that waits for it, until it is cut off; what is long has more time, by `READER_SPEED`.',
    'milliseconds',
    { min: 50, max: 600_000, default: 60_000 },
  ),
  READER_SPEED: whole('How fast a client takes a long answer at least.', 'bytes a second', {
    min: 1,
    max: 1_000_000_000,
    default: 16_384,
  }),
};
