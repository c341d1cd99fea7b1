import type { FaultInput } from '../../sandbox/core/fault.ts';
import type { Sandbox } from '../../sandbox/index.ts';

/** The vendors by their name in a sandbox and in the API. */
export const vendorsUnderTest = [
  { key: 'datadog', vendor: 'DATADOG', requestIdHeader: 'x-datadog-request-id' },
  { key: 'humanloop', vendor: 'HUMANLOOP', requestIdHeader: 'x-request-id' },
  { key: 'posthog', vendor: 'POSTHOG', requestIdHeader: 'x-request-id' },
] as const;
export type VendorUnderTest = (typeof vendorsUnderTest)[number];
export type VendorKey = Exclude<keyof Sandbox, 'environment' | 'dispose'>;

/** What a caller is told of a vendor's failure. */
export interface ToldFailure {
  readonly code: string;
  readonly httpStatus: number | null;
  readonly retryAfterSeconds: number | null;
  readonly vendorRequestId: string | null;
  readonly message: RegExp;
  /** What the vendor itself said, where it said something. */
  readonly said?: string;
}

export interface VendorFailure {
  readonly name: string;
  effect(vendor: VendorUnderTest): FaultInput['effect'];
  readonly told: ToldFailure;
}

const requestId = 'req-71c2';

/** An error in the words of each vendor. */
const errorBodies: Readonly<Record<VendorKey, (text: string) => unknown>> = {
  datadog: (text) => ({ errors: [{ title: 'Refused', detail: text }] }),
  humanloop: (text) => ({ detail: text }),
  posthog: (text) => ({ type: 'server_error', code: 'error', detail: text, attr: null }),
};

function answer(
  status: number,
  told: Omit<ToldFailure, 'httpStatus' | 'retryAfterSeconds' | 'vendorRequestId'> & {
    readonly retryAfterSeconds?: number;
  },
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): VendorFailure {
  const said = told.said;
  const length = Object.keys(headers).length;
  return {
    name: `${status}${body === undefined ? '' : ` with ${body.slice(0, 20)}`}${length === 0 ? '' : ` and ${JSON.stringify(headers)}`}`,
    effect: ({ key, requestIdHeader }) => ({
      type: 'answer',
      status,
      headers: { 'content-type': 'application/json', [requestIdHeader]: requestId, ...headers },
      body: body ?? JSON.stringify(errorBodies[key](said ?? '')),
    }),
    told: { retryAfterSeconds: null, ...told, httpStatus: status, vendorRequestId: requestId },
  };
}

function broken(
  type: 'reset-before' | 'reset-after' | 'half',
  told: Pick<ToldFailure, 'code' | 'message'>,
): VendorFailure {
  return {
    name: type,
    effect: () => ({ type }),
    told: { ...told, httpStatus: null, retryAfterSeconds: null, vendorRequestId: null },
  };
}

const html = { 'content-type': 'text/html' };
const page = '<html><body>Bad gateway</body></html>';
const brokeOff = { code: 'SOURCE_UNAVAILABLE', message: /could not be reached or broke off.*not affected/ };
const notJson = { code: 'SOURCE_CONTRACT_VIOLATION', message: /sent what is not JSON.*report this/ };
const otherShape = { code: 'SOURCE_CONTRACT_VIOLATION', message: /sent an unexpected shape.*report this/ };
const limited = { code: 'RATE_LIMITED', said: 'slow down' };

/** Failures that show at once, each as it has to be told. Those that take time are `slowFailures`. */
export const vendorFailures: readonly VendorFailure[] = [
  broken('reset-before', brokeOff),
  broken('reset-after', brokeOff),
  broken('half', brokeOff),
  answer(400, { code: 'INVALID_INPUT', said: 'what is this', message: /answered 400.*see vendorErrors/ }),
  answer(401, { code: 'UNAUTHENTICATED', said: 'no such key', message: /answered 401.*Check the cred/ }),
  answer(403, { code: 'FORBIDDEN', said: 'not you', message: /answered 403.*check their rights/ }),
  answer(408, { code: 'SOURCE_TIMEOUT', said: 'too slow', message: /answered 408.*Try again/ }),
  answer(429, { ...limited, message: /answered 429.*used up\.$/ }),
  answer(429, { ...limited, retryAfterSeconds: 7, message: /answered 429.*in 7 s/ }, { 'retry-after': '7' }),
  answer(
    429,
    { ...limited, retryAfterSeconds: 11, message: /answered 429.*in 11 s/ },
    { 'x-ratelimit-reset': '11' },
  ),
  answer(
    429,
    { ...limited, retryAfterSeconds: 0, message: /answered 429.*in 0 s/ },
    { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' },
  ),
  answer(500, { code: 'SOURCE_UNAVAILABLE', said: 'oh no', message: /answered 500.*in trouble/ }),
  answer(502, { code: 'SOURCE_UNAVAILABLE', message: /answered 502.*in trouble/ }, html, page),
  answer(
    503,
    { code: 'SOURCE_UNAVAILABLE', said: 'maintenance', retryAfterSeconds: 30, message: /in 30 s/ },
    { 'retry-after': '30' },
  ),
  answer(200, notJson, html, page),
  answer(200, notJson, {}, ''),
  answer(200, notJson, {}, '{"data":[{"id":"0a51f0f2-6d6c-'),
  answer(200, otherShape, {}, '[]'),
  answer(200, otherShape, {}, 'null'),
  answer(200, otherShape, {}, '"text"'),
  answer(200, otherShape, {}, '{"data":5,"records":5,"results":5,"size":1,"total":1,"count":1}'),
  answer(
    302,
    { code: 'SOURCE_CONTRACT_VIOLATION', message: /answered 302.*report this/ },
    { location: 'http://127.0.0.1:9/elsewhere' },
    '',
  ),
];

function late(name: string, effect: FaultInput['effect']): VendorFailure {
  return {
    name,
    effect: () => effect,
    told: {
      code: 'SOURCE_TIMEOUT',
      httpStatus: null,
      retryAfterSeconds: null,
      vendorRequestId: null,
      message: /did not answer within \d+ ms.*not affected/,
    },
  };
}

/** Failures that show only when the time of one call is over. */
export const slowFailures: readonly VendorFailure[] = [
  late('slow past the time of a call', { type: 'latency', milliseconds: 60_000 }),
  late('a hang after it acted', { type: 'hang' }),
  late('an answer that drips', { type: 'drip', milliseconds: 50 }),
];
