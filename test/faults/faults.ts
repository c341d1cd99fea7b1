import type { FaultInput } from '../../sandbox/core/fault.ts';

/** What goes wrong with one request, and what a caller has to be told of it. */
export interface CampaignFault {
  readonly name: string;
  /** Played by the vendor; undefined where the vendor cannot be reached at all. */
  readonly effect: FaultInput['effect'] | undefined;
  /** How the vendor cannot be reached. */
  readonly unreachable?: 'refused' | 'unresolved';
  /** `extensions.code` of a read. */
  readonly read: readonly string[];
  /** Whether a read is tried again. */
  readonly retried: boolean;
  /**
   * Of a write: it is refused, so that nothing was written; nobody knows; or it was never sent.
   */
  readonly write: 'refused' | 'unknown' | 'unsent';
  /** Set where the vendor answers that it cannot now: a write that may be repeated is tried again. */
  readonly saysLater?: true;
  /** Set where a write whose answer is not read succeeds by it. */
  readonly mayBeUnread?: true;
  /** Whether it takes an answer with a body to play it. */
  readonly ofBody?: true;
}

const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html' };
const page = '<html><body>Bad gateway</body></html>';

function answer(
  status: number,
  body = '{}',
  headers: Readonly<Record<string, string>> = json,
): FaultInput['effect'] {
  return { type: 'answer', status, headers: { ...headers }, body };
}

/** Every kind of trouble that a vendor can be in. */
export const campaignFaults: readonly CampaignFault[] = [
  {
    name: 'connection refused',
    effect: undefined,
    unreachable: 'refused',
    read: ['SOURCE_UNAVAILABLE'],
    retried: true,
    write: 'unsent',
  },
  {
    name: 'DNS failure',
    effect: undefined,
    unreachable: 'unresolved',
    read: ['SOURCE_UNAVAILABLE'],
    retried: true,
    write: 'unsent',
  },
  {
    name: 'reset before the request',
    effect: { type: 'reset-before' },
    read: ['SOURCE_UNAVAILABLE'],
    retried: true,
    write: 'unknown',
  },
  {
    name: 'reset after the request',
    effect: { type: 'reset-after' },
    read: ['SOURCE_UNAVAILABLE'],
    retried: true,
    write: 'unknown',
  },
  {
    name: 'half an answer',
    effect: { type: 'half' },
    read: ['SOURCE_UNAVAILABLE'],
    retried: true,
    write: 'unknown',
    ofBody: true,
  },
  {
    name: 'an answer that never ends',
    effect: { type: 'hang' },
    read: ['SOURCE_TIMEOUT'],
    retried: true,
    write: 'unknown',
  },
  {
    name: 'slow bytes',
    effect: { type: 'drip', milliseconds: 50 },
    read: ['SOURCE_TIMEOUT'],
    retried: true,
    write: 'unknown',
    ofBody: true,
  },
  { name: '408', effect: answer(408), read: ['SOURCE_TIMEOUT'], retried: true, write: 'unknown' },
  { name: '409', effect: answer(409), read: ['CONFLICT'], retried: false, write: 'refused' },
  { name: '413', effect: answer(413), read: ['INVALID_INPUT'], retried: false, write: 'refused' },
  { name: '422', effect: answer(422), read: ['INVALID_INPUT'], retried: false, write: 'refused' },
  {
    name: '429 without headers',
    effect: answer(429),
    read: ['RATE_LIMITED'],
    retried: true,
    write: 'refused',
    saysLater: true,
  },
  {
    name: '429 that waits longer than anybody can',
    effect: answer(429, '{}', { ...json, 'retry-after': '3600' }),
    read: ['RATE_LIMITED'],
    retried: false,
    write: 'refused',
  },
  {
    name: '500',
    effect: answer(500),
    read: ['SOURCE_UNAVAILABLE'],
    retried: true,
    write: 'unknown',
    saysLater: true,
  },
  {
    name: '502 with HTML',
    effect: answer(502, page, html),
    read: ['SOURCE_UNAVAILABLE'],
    retried: true,
    write: 'unknown',
    saysLater: true,
  },
  {
    name: '503',
    effect: answer(503),
    read: ['SOURCE_UNAVAILABLE'],
    retried: true,
    write: 'unknown',
    saysLater: true,
  },
  {
    name: '200 with HTML',
    effect: answer(200, page, html),
    read: ['SOURCE_CONTRACT_VIOLATION'],
    retried: false,
    write: 'unknown',
  },
  {
    name: '200 with cut JSON',
    effect: { type: 'cut-json' },
    read: ['SOURCE_CONTRACT_VIOLATION'],
    retried: false,
    write: 'unknown',
    ofBody: true,
  },
  {
    name: '200 of another shape',
    effect: answer(200, '"text"'),
    mayBeUnread: true,
    read: ['SOURCE_CONTRACT_VIOLATION'],
    retried: false,
    write: 'unknown',
    ofBody: true,
  },
  {
    name: 'a redirect to itself',
    effect: answer(302, '', { location: '/' }),
    read: ['SOURCE_CONTRACT_VIOLATION'],
    retried: false,
    write: 'unknown',
  },
  {
    name: 'garbage in place of gzip',
    effect: answer(200, '\u001f\u008b garbage', { ...json, 'content-encoding': 'gzip' }),
    read: ['SOURCE_CONTRACT_VIOLATION'],
    retried: false,
    write: 'unknown',
  },
  {
    name: 'a wrong length',
    effect: answer(200, '{"data": [], "records": [], "results": []}', { ...json, 'content-length': '9' }),
    read: ['SOURCE_CONTRACT_VIOLATION', 'SOURCE_UNAVAILABLE'],
    retried: false,
    write: 'unknown',
  },
];
