import { Agent, Client } from 'undici';
import { SourceError } from '../domain/errors.ts';
import type { Vendor } from '../domain/vendor.ts';
import type { Account, CredentialScope } from './account.ts';
import type { Circuit } from './breaker.ts';
import { type CallFailure, type CallResult, verdictOf } from './call-result.ts';
import { countMismatches } from './count-mismatches.ts';
import { type ExchangeRequest, exchange } from './exchange.ts';
import { type Exchanged, notJson, outcomeOf, readShape } from './exchanged.ts';
import type { Unsent } from './pipeline.ts';
import { Pipelines } from './pipelines.ts';
import { headerOf, retryAfterOf, type VendorProtocol } from './protocol.ts';
import { type ResilienceOptions, withoutResilience } from './resilience.ts';
import { readRateLimit, type SeenRateLimit } from './seen-rate-limit.ts';
import { type SharedRead, SharedReads } from './shared-reads.ts';
import type { CallFor, FinishedCall, UpstreamRead, UpstreamWrite } from './upstream-call.ts';

export type { SeenRateLimit } from './seen-rate-limit.ts';
export type { SharedRead } from './shared-reads.ts';
export type * from './upstream-call.ts';

export interface UpstreamOptions {
  /** Longest that one try of a call may take, from sending to the last byte. Milliseconds. */
  readonly callTimeout: number;
  /** Connections per vendor origin: how many calls go out side by side. */
  readonly connections: number;
  /** How long an unused connection is kept. Milliseconds. */
  readonly keepAlive?: number | undefined;
  /** Largest answer that is read. Bytes. */
  readonly maxResponseBytes: number;
  /** Default: each call goes out at once, and once. */
  readonly resilience?: ResilienceOptions | undefined;
  /** A number that never goes back; each read keeps what it was when the read was sent. */
  readonly tick?: (() => number) | undefined;
  /** Told of each try that went out, for metrics. */
  readonly onCall?: ((call: FinishedCall) => void) | undefined;
  /** Told of each call that was not sent, or not again. */
  readonly onUnsent?: ((vendor: Vendor, why: Unsent) => void) | undefined;
  readonly onRetry?: ((vendor: Vendor, endpoint: string) => void) | undefined;
  /** An answer, or so many rows of one, did not have the documented shape. */
  readonly onMismatch?: ((vendor: Vendor, endpoint: string, count: number) => void) | undefined;
}

/** When nobody says so: below the idle time of common load balancers (60 s), so that a socket is rarely closed under us. */
const keepAlive = 20_000;

/**
 * The way out: one for the process. Holds connections, shares reads that are in flight between operations of the
 * same credential scope, sends what is left through the pipeline of its credentials, and turns every failure into a
 * SourceError.
 */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #resilience: ResilienceOptions;
  readonly #agent: Agent;
  readonly #reads: SharedReads;
  readonly #pipelines: Pipelines;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#resilience = options.resilience ?? withoutResilience;
    const idle = options.keepAlive ?? keepAlive;
    this.#agent = new Agent({
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: idle,
      keepAliveMaxTimeout: Math.max(idle, 50_000),
      maxResponseSize: options.maxResponseBytes,
      connect: { timeout: connectTimeout(options) },
    });
    this.#reads = new SharedReads(options.tick ?? (() => 0));
    this.#pipelines = new Pipelines(this.#resilience, ({ vendor }, why) => options.onUnsent?.(vendor, why));
  }

  async dispose(): Promise<void> {
    await this.#agent.destroy();
  }

  seenRateLimit(scope: CredentialScope): SeenRateLimit | undefined {
    return this.#pipelines.peek(scope)?.rates.seen(Date.now());
  }

  /** Whether calls with these credentials go out, as their last ones have shown. */
  circuit(scope: CredentialScope): Circuit {
    return this.#pipelines.peek(scope)?.circuit ?? 'CLOSED';
  }

  /** Milliseconds until a call may go out that nobody waits for, without taking from those that somebody waits for; 0: now. */
  spareIn(account: Account): number {
    return this.#pipelines.peek(account.scope)?.spareIn(Date.now()) ?? 0;
  }

  /** A write to this vendor begins or ends: reads sent before are not joined from here on. */
  markWrite(vendor: Vendor): void {
    this.#reads.markWrite(vendor);
  }

  /** How many reads were sent so far. */
  get readsSent(): number {
    return this.#reads.sent;
  }

  /**
   * The same read of the same credential that is in flight, if there is one that may be joined: no write to the
   * vendor began or ended since it was sent, and it is not one of the first `after` reads, nor sent before the tick
   * `notBefore`.
   */
  inFlight(account: Account, path: string, after: number, notBefore: number): SharedRead | undefined {
    return this.#reads.find(account, path, after, notBefore);
  }

  /** Sends a read, which others may join from now on. */
  send<T>(
    account: Account,
    protocol: VendorProtocol,
    request: UpstreamRead<T>,
    callFor: CallFor,
  ): SharedRead {
    const latest = Date.now() + this.#resilience.callDeadline;
    return this.#reads.start(account, request.path, (signal, deadline) =>
      this.#get(account, protocol, request, callFor, { signal, latest, wanted: deadline }),
    );
  }

  async #get<T>(
    account: Account,
    protocol: VendorProtocol,
    request: UpstreamRead<T>,
    callFor: CallFor,
    { signal, latest, wanted }: ReadTime,
  ): Promise<T> {
    const { endpoint, path, parse } = request;
    return outcome(
      await this.#pipelines.of(account).run({
        endpoint,
        lane: callFor.lane,
        background: callFor.background,
        signal,
        deadline: () => Math.min(latest, wanted()),
        mayRepeat: ({ error }) => error instanceof SourceError && error.retryable,
        onRetry: () => this.#retried(account, endpoint, callFor),
        send: async () => {
          // An operation whose time is over leaves by itself.
          const timeout = Math.min(this.#options.callTimeout, latest - Date.now());
          const told: Told = {};
          try {
            const exchanged = await this.#exchange(
              {
                account,
                protocol,
                dispatcher: this.#agent,
                endpoint,
                path,
                method: 'GET',
                timeout,
                signal,
              },
              told,
            );
            if (exchanged.json === undefined) throw notJson(account, endpoint, exchanged);
            return { ok: true, value: this.#read(account, endpoint, parse, exchanged) };
          } catch (error) {
            // One that had less than its full time proves nothing of the vendor.
            const isShort = timeout < this.#options.callTimeout && isTimeout(error);
            return this.#failed(account, endpoint, {
              error,
              sent: true,
              verdict: isShort ? 'unknown' : verdictOf(error),
              ...told,
            });
          }
        },
      }),
    );
  }

  /**
   * Sends a write, on a connection of its own: a kept-alive socket that the server has just closed would make its
   * outcome unknown for nothing. It is not ended when its caller leaves, but not begun then either. It is sent again
   * where nothing was sent, and where its rule allows it when the vendor refused it for now or was in trouble. What is
   * not an answer that says what happened (none, an unreadable one, 408, 5xx) is OUTCOME_UNKNOWN, unless the
   * connection was never made.
   */
  async write<T>(
    account: Account,
    protocol: VendorProtocol,
    request: UpstreamWrite<T>,
    callFor: CallFor & { readonly signal: AbortSignal },
  ): Promise<T> {
    const { endpoint, rule } = request;
    const { lane, background, signal } = callFor;
    const deadline = Math.min(callFor.deadline, Date.now() + this.#resilience.callDeadline);
    /** Whether a try before may have been applied. */
    let mayBeDone = false;
    const repeats = rule.repeat === 'safe';
    const result = await this.#pipelines.of(account).run<T>({
      endpoint,
      lane,
      background,
      signal,
      deadline: () => deadline,
      mayRepeat: ({ error, sent }) => {
        if (!(error instanceof SourceError)) return false;
        if (!sent) return error.code === 'SOURCE_UNAVAILABLE' || error.code === 'SOURCE_TIMEOUT';
        if (!repeats) return false;
        if (error.code === 'RATE_LIMITED') return true;
        const isTrouble = error.code === 'SOURCE_UNAVAILABLE' && error.httpStatus !== undefined;
        mayBeDone ||= isTrouble;
        return isTrouble;
      },
      onRetry: () => this.#retried(account, endpoint, callFor),
      send: () => this.#writeOnce(account, protocol, request, mayBeDone),
    });
    if (result.ok) return result.value;
    throw result.sent || mayBeDone ? outcomeOf(account, endpoint, result.error, mayBeDone) : result.error;
  }

  async #writeOnce<T>(
    account: Account,
    protocol: VendorProtocol,
    request: UpstreamWrite<T>,
    mayBeDone: boolean,
  ): Promise<CallResult<T>> {
    const { endpoint, parse, rule } = request;
    const client = new Client(account.origin, {
      maxResponseSize: this.#options.maxResponseBytes,
      connect: { timeout: connectTimeout(this.#options) },
    });
    const told: Told = {};
    let connected = false;
    client.once('connect', () => {
      connected = true;
    });
    this.markWrite(account.vendor);
    try {
      const exchanged = await this.#exchange(
        {
          ...request,
          account,
          protocol,
          dispatcher: client,
          timeout: this.#options.callTimeout,
        },
        told,
      );
      if (exchanged.json === undefined && exchanged.text.trim() !== '')
        throw notJson(account, endpoint, exchanged);
      return { ok: true, value: this.#read(account, endpoint, parse, exchanged) };
    } catch (error) {
      const isGone = error instanceof SourceError && error.code === 'NOT_FOUND';
      if (mayBeDone && isGone && rule.notFoundIsDone === true)
        return { ok: true, value: parse(undefined, 204) };
      return this.#failed(account, endpoint, { error, sent: connected, verdict: verdictOf(error), ...told });
    } finally {
      this.markWrite(account.vendor);
      await client.destroy();
    }
  }

  #retried({ vendor }: Account, endpoint: string, callFor: CallFor): void {
    callFor.onRetry();
    this.#options.onRetry?.(vendor, endpoint);
  }

  #failed(account: Account, endpoint: string, failure: Omit<CallFailure, 'ok'>): CallFailure {
    const { error } = failure;
    if (error instanceof SourceError && error.code === 'SOURCE_CONTRACT_VIOLATION') {
      this.#options.onMismatch?.(account.vendor, endpoint, 1);
    }
    return { ok: false, ...failure };
  }

  #read<T>(
    account: Account,
    endpoint: string,
    parse: (json: unknown, status: number) => T,
    exchanged: Exchanged,
  ): T {
    const value = readShape(account, endpoint, parse, exchanged);
    const bad = countMismatches(value);
    if (bad > 0) this.#options.onMismatch?.(account.vendor, endpoint, bad);
    return value;
  }

  async #exchange(request: Omit<ExchangeRequest, 'onAnswer'>, told: Told): Promise<Exchanged> {
    const { account, endpoint } = request;
    const startedAt = performance.now();
    const { rates } = this.#pipelines.of(account);
    let status = 0;
    try {
      return await exchange({
        ...request,
        onAnswer: (answered, headers) => {
          status = answered;
          const now = Date.now();
          const after = retryAfterOf(headers, now);
          const refusedSeconds = answered === 429 ? after : undefined;
          // The reset of a limit that is not used up says nothing of when a vendor in trouble is back.
          const tellsWhen = answered === 429 || headerOf(headers, 'retry-after') !== undefined;
          told.waitSeconds = tellsWhen ? after : undefined;
          rates.learn(endpoint, { seen: readRateLimit(headers, now), refusedSeconds }, now);
        },
      });
    } finally {
      this.#options.onCall?.({
        vendor: account.vendor,
        endpoint,
        status,
        milliseconds: performance.now() - startedAt,
      });
    }
  }
}

/** What an answer told beside its failure. */
interface Told {
  waitSeconds?: number | undefined;
}

/** How long a read may go on; milliseconds since the epoch. */
interface ReadTime {
  readonly signal: AbortSignal;
  readonly latest: number;
  /** When those who wait for it want it, as far as that is known. */
  wanted(): number;
}

function outcome<T>(result: CallResult<T>): T {
  if (result.ok) return result.value;
  throw result.error;
}

function isTimeout(error: unknown): boolean {
  return error instanceof SourceError && error.code === 'SOURCE_TIMEOUT' && error.httpStatus === undefined;
}

function connectTimeout(options: UpstreamOptions): number {
  return Math.min(options.callTimeout, 5_000);
}
