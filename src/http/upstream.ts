import { Agent, Client, type Dispatcher } from 'undici';
import type { Vendor } from '../domain/vendor.ts';
import type { Account, CredentialScope } from './account.ts';
import { type Exchanged, failureOf, notJson, outcomeOf, parseJson, readShape } from './exchanged.ts';
import {
  errorOfAnswer,
  headerOf,
  type ResponseHeaders,
  requestIdOf,
  type VendorProtocol,
} from './protocol.ts';
import type { WriteRule } from './write-rule.ts';

export interface UpstreamOptions {
  /** Longest that one call may take, from sending to the last byte. Milliseconds. */
  readonly callTimeout: number;
  /** Connections per vendor origin: how many calls go out side by side. */
  readonly connections: number;
  /** Largest answer that is read. Bytes. */
  readonly maxResponseBytes: number;
  /** A number that never goes back; each read keeps what it was when the read was sent. */
  readonly tick?: (() => number) | undefined;
  /** Told of each call that went out, for metrics. */
  readonly onCall?: ((call: FinishedCall) => void) | undefined;
}

export interface FinishedCall {
  readonly vendor: Vendor;
  readonly endpoint: string;
  /** HTTP status, or 0 when there was no answer. */
  readonly status: number;
  readonly milliseconds: number;
}

/** What the vendor's own headers last said of its quota for one credential. */
export interface SeenRateLimit {
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Milliseconds since the epoch. */
  readonly resetsAt: number | null;
}

export interface UpstreamRead<T> {
  /** The vendor's name of the operation, for errors and metrics. */
  readonly endpoint: string;
  /** Path and query, encoded. */
  readonly path: string;
  /** Reads the parsed JSON; throws ShapeMismatch. One function for one endpoint: its result is shared. */
  readonly parse: (json: unknown) => T;
}

export interface UpstreamWrite<T> {
  readonly endpoint: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, encoded. */
  readonly path: string;
  readonly body: string | Uint8Array | undefined;
  /** Default `application/json`. */
  readonly contentType?: string | undefined;
  readonly rule: WriteRule;
  /** Reads the parsed JSON, undefined for an empty body, of an answer of this 2xx status; throws ShapeMismatch. */
  readonly parse: (json: unknown, status: number) => T;
}

interface ExchangeRequest {
  readonly dispatcher: Dispatcher;
  readonly endpoint: string;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly body?: string | Uint8Array | undefined;
  readonly contentType?: string | undefined;
}

/** A read that is under way and may be shared. */
export interface SharedRead {
  readonly promise: Promise<unknown>;
  /** Whoever takes part says so here, and calls the returned function when it no longer waits. */
  join(): () => void;
  readonly startedAt: number;
  /** {@link UpstreamOptions.tick} when it was sent. */
  readonly tick: number;
}

interface InFlight extends SharedRead {
  readonly writeEpoch: number;
  /** Its place among all reads sent, from 1. */
  readonly place: number;
}

/**
 * The way out: one for the process. Holds connections, shares reads that are in flight between operations of the
 * same credential scope, ends calls that take too long, and turns every failure into a SourceError.
 */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #agent: Agent;
  readonly #inFlight = new Map<string, InFlight>();
  readonly #writeEpochs = new Map<Vendor, number>();
  readonly #rateLimits = new Map<CredentialScope, SeenRateLimit>();
  #readsSent = 0;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connections: options.connections,
      pipelining: 1,
      // Below the idle time of common load balancers (60 s), so that a socket is rarely closed under us.
      keepAliveTimeout: 20_000,
      keepAliveMaxTimeout: 50_000,
      maxResponseSize: options.maxResponseBytes,
      connect: { timeout: connectTimeout(options) },
    });
  }

  async dispose(): Promise<void> {
    await this.#agent.destroy();
  }

  seenRateLimit(scope: CredentialScope): SeenRateLimit | undefined {
    return this.#rateLimits.get(scope);
  }

  /**
   * Milliseconds until a call may go out that nobody waits for; 0: now. Such calls leave most of what the vendor's
   * own headers say is left to those that somebody waits for.
   */
  spareIn(account: Account): number {
    const seen = this.#rateLimits.get(account.scope);
    if (seen?.remaining === null || seen?.remaining === undefined) return 0;
    const now = Date.now();
    if (seen.resetsAt === null || seen.resetsAt <= now) return 0;
    const reserve = seen.limit === null ? leastReserve : Math.max(leastReserve, seen.limit / 2);
    return seen.remaining > reserve ? 0 : seen.resetsAt - now;
  }

  /** A write to this vendor begins or ends: reads sent before are not joined from here on. */
  markWrite(vendor: Vendor): void {
    this.#writeEpochs.set(vendor, this.#writeEpoch(vendor) + 1);
  }

  /** How many reads were sent so far. */
  get readsSent(): number {
    return this.#readsSent;
  }

  /**
   * The same read of the same credential that is in flight, if there is one that may be joined: no write to the
   * vendor began or ended since it was sent, and it is not one of the first `after` reads.
   */
  inFlight(account: Account, path: string, after: number): SharedRead | undefined {
    const running = this.#inFlight.get(keyOfRead(account, path));
    if (running === undefined || running.place <= after) return undefined;
    return running.writeEpoch === this.#writeEpoch(account.vendor) ? running : undefined;
  }

  /** Sends a read, which others may join from now on. */
  send<T>(account: Account, protocol: VendorProtocol, request: UpstreamRead<T>): SharedRead {
    const key = keyOfRead(account, request.path);
    const controller = new AbortController();
    let waiting = 0;
    const promise = this.#get(account, protocol, request, controller).finally(() => {
      if (this.#inFlight.get(key) === call) this.#inFlight.delete(key);
    });
    // Whoever waits sees the failure; one that everybody left must not end the process.
    promise.catch(() => undefined);
    this.#readsSent += 1;
    const call: InFlight = {
      promise,
      writeEpoch: this.#writeEpoch(account.vendor),
      place: this.#readsSent,
      startedAt: Date.now(),
      tick: this.#options.tick?.() ?? 0,
      join: () => {
        waiting += 1;
        let left = false;
        return () => {
          if (left) return;
          left = true;
          waiting -= 1;
          if (waiting > 0) return;
          if (this.#inFlight.get(key) === call) this.#inFlight.delete(key);
          controller.abort();
        };
      },
    };
    this.#inFlight.set(key, call);
    return call;
  }

  #writeEpoch(vendor: Vendor): number {
    return this.#writeEpochs.get(vendor) ?? 0;
  }

  async #get<T>(
    account: Account,
    protocol: VendorProtocol,
    request: UpstreamRead<T>,
    controller: AbortController,
  ): Promise<T> {
    const { endpoint, path, parse } = request;
    const exchanged = await this.#exchange(account, protocol, controller, {
      dispatcher: this.#agent,
      endpoint,
      path,
      method: 'GET',
    });
    if (exchanged.json === undefined) throw notJson(account, endpoint, exchanged);
    return readShape(account, endpoint, parse, exchanged);
  }

  /**
   * Sends a write, once, on a connection of its own: a kept-alive socket that the server has just closed would make
   * its outcome unknown for nothing. It is not ended when its caller leaves. What is not an answer that says what
   * happened (none, an unreadable one, 408, 5xx) is OUTCOME_UNKNOWN, unless the connection was never made.
   */
  async write<T>(account: Account, protocol: VendorProtocol, request: UpstreamWrite<T>): Promise<T> {
    const { endpoint, parse } = request;
    const client = new Client(account.origin, {
      maxResponseSize: this.#options.maxResponseBytes,
      connect: { timeout: connectTimeout(this.#options) },
    });
    let connected = false;
    client.once('connect', () => {
      connected = true;
    });
    this.markWrite(account.vendor);
    try {
      const exchanged = await this.#exchange(account, protocol, new AbortController(), {
        ...request,
        dispatcher: client,
      });
      if (exchanged.json === undefined && exchanged.text.trim() !== '')
        throw notJson(account, endpoint, exchanged);
      return readShape(account, endpoint, parse, exchanged);
    } catch (error) {
      throw connected ? outcomeOf(account, endpoint, error) : error;
    } finally {
      this.markWrite(account.vendor);
      await client.destroy();
    }
  }

  /** One request and its whole answer. Throws SourceError for everything that is not a 2xx answer. */
  async #exchange(
    account: Account,
    protocol: VendorProtocol,
    controller: AbortController,
    request: ExchangeRequest,
  ): Promise<Exchanged> {
    const { endpoint } = request;
    const startedAt = performance.now();
    let status = 0;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, this.#options.callTimeout);
    try {
      const answer = await request.dispatcher.request({
        origin: account.origin,
        path: account.pathPrefix + request.path,
        method: request.method,
        headers:
          request.body === undefined
            ? account.headers
            : { ...account.headers, 'content-type': request.contentType ?? 'application/json' },
        body: request.body ?? null,
        signal: controller.signal,
      });
      const text = await answer.body.text();
      status = answer.statusCode;
      this.#learn(account, answer.headers);
      const json = parseJson(text);
      if (status < 200 || status > 299) {
        const body = json === undefined ? text : json;
        throw errorOfAnswer(
          { account, protocol, endpoint, status, headers: answer.headers, body },
          Date.now(),
        );
      }
      const vendorRequestId = requestIdOf(account, protocol, answer.headers);
      return { status, headers: answer.headers, text, json, vendorRequestId };
    } catch (error) {
      throw failureOf(account, endpoint, error, timedOut ? this.#options.callTimeout : undefined);
    } finally {
      clearTimeout(timer);
      this.#options.onCall?.({
        vendor: account.vendor,
        endpoint,
        status,
        milliseconds: performance.now() - startedAt,
      });
    }
  }

  #learn(account: Account, headers: ResponseHeaders): void {
    const limit = numberOf(headers, 'x-ratelimit-limit');
    const remaining = numberOf(headers, 'x-ratelimit-remaining');
    if (limit === null && remaining === null) return;
    const reset = numberOf(headers, 'x-ratelimit-reset');
    this.#rateLimits.delete(account.scope);
    this.#rateLimits.set(account.scope, {
      limit,
      remaining,
      resetsAt: reset === null ? null : Date.now() + reset * 1000,
    });
    // Scopes come and go with callers' own credentials: the oldest are forgotten.
    if (this.#rateLimits.size > 1_000) {
      const oldest = this.#rateLimits.keys().next().value;
      if (oldest !== undefined) this.#rateLimits.delete(oldest);
    }
  }
}

/** Calls that are left to those whom somebody waits for, where it is not known of how many. */
const leastReserve = 10;

function keyOfRead(account: Account, path: string): string {
  return `${account.scope} ${path}`;
}

function connectTimeout(options: UpstreamOptions): number {
  return Math.min(options.callTimeout, 5_000);
}

function numberOf(headers: ResponseHeaders, name: string): number | null {
  const value = headerOf(headers, name);
  if (value === undefined) return null;
  const number = value.trim() === '' ? Number.NaN : Number(value);
  // What cannot be told as a GraphQL Int is not told.
  return Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : null;
}
