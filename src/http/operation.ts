import { AccessError, SourceError, TooExpensiveError } from '../domain/errors.ts';
import { type Vendor, vendorNames } from '../domain/vendor.ts';
import type { Account } from './account.ts';
import type { Lane } from './fair-queue.ts';
import { type QueryValue, queryOf } from './path.ts';
import type { VendorProtocol } from './protocol.ts';
import type { CallFor, Upstream } from './upstream.ts';
import type { WriteRule } from './write-rule.ts';

/** Calls that one operation caused at one vendor. */
export interface UpstreamCount {
  /** Requests that went out for this operation. */
  calls: number;
  /** Requests of other operations that it shared; they count no call here. */
  shared: number;
  retries: number;
}

export interface OperationOptions {
  readonly upstream: Upstream;
  /** Ends when the caller leaves or the operation's time is over. */
  readonly signal: AbortSignal;
  /** Most reads that the operation may cause, over all vendors. */
  readonly maxCalls: number;
  /** Whether nobody waits for it: it looks on its own account. */
  readonly background?: boolean | undefined;
  /** Most writes, likewise: an edit may need one an item. */
  readonly maxWrites: number;
  /** It joins no read that was sent before this tick of the upstream's clock. Default: any. */
  readonly notBefore?: number | undefined;
  /** When its time is over, as far as that is known: milliseconds since the epoch. Default: never. */
  readonly deadline?: number | undefined;
  /** The vendors that it may write at; all when left out. */
  readonly writable?: ReadonlySet<Vendor> | undefined;
  /** Operations of one caller go in their order where calls wait; callers take turns. Default: a caller of its own. */
  readonly caller?: string | undefined;
}

/** What one operation spends upstream: its ceiling, its counts, its signal. Shared by its vendors. */
export class Operation {
  readonly upstream: Upstream;
  readonly counts = new Map<Vendor, UpstreamCount>();
  readonly signal: AbortSignal;
  readonly notBefore: number;
  readonly deadline: number;
  readonly lane: Lane;
  readonly background: boolean;
  readonly #maxCalls: number;
  readonly #maxWrites: number;
  readonly #writable: ReadonlySet<Vendor> | undefined;
  readonly #leave = new Set<() => void>();
  #listens = false;
  #calls = 0;
  #writes = 0;

  constructor(options: OperationOptions) {
    this.upstream = options.upstream;
    this.signal = options.signal;
    this.notBefore = options.notBefore ?? Number.NEGATIVE_INFINITY;
    this.deadline = options.deadline ?? Number.POSITIVE_INFINITY;
    this.lane = options.caller ?? this;
    this.background = options.background ?? false;
    this.#maxCalls = options.maxCalls;
    this.#maxWrites = options.maxWrites;
    this.#writable = options.writable;
  }

  /** Ends what nobody else shares of the calls that are still under way. */
  readonly #abort = (): void => {
    for (const leave of this.#leave) leave();
    this.#leave.clear();
  };

  /** Whether its caller has left or its time is over. */
  get hasEnded(): boolean {
    return this.signal.aborted;
  }

  countOf(vendor: Vendor): UpstreamCount {
    let count = this.counts.get(vendor);
    if (count === undefined) {
      count = { calls: 0, shared: 0, retries: 0 };
      this.counts.set(vendor, count);
    }
    return count;
  }

  /** As the pipeline of a vendor sees it. */
  callFor(vendor: Vendor): CallFor & { readonly signal: AbortSignal } {
    const { lane, background, deadline, signal } = this;
    return {
      lane,
      background,
      deadline,
      signal,
      onRetry: () => {
        this.countOf(vendor).retries += 1;
      },
    };
  }

  spend(vendor: Vendor): void {
    if (this.#calls >= this.#maxCalls) {
      throw new TooExpensiveError(
        `This operation needs more than the ${this.#maxCalls} upstream calls that one may cause. Ask for less at a time: smaller pages, fewer nested fields.`,
        this.#maxCalls,
      );
    }
    this.#calls += 1;
    this.countOf(vendor).calls += 1;
  }

  /**
   * A write that has not begun when the operation ends is not sent, nor one that its caller may not send: whatever
   * leads to a write, this is where it would leave. Throws AccessError FORBIDDEN.
   */
  beforeWrite(vendor: Vendor): void {
    if (this.#writable?.has(vendor) === false) {
      const scope = `write:${vendor.toLowerCase()}`;
      throw new AccessError(
        'FORBIDDEN',
        `You may not write at ${vendorNames[vendor]} through this gateway: that takes the scope \`write\` or \`${scope}\`.`,
      );
    }
    if (this.signal.aborted) throw this.#ended(vendor);
    if (this.#writes >= this.#maxWrites) {
      throw new TooExpensiveError(
        `This operation needs more than the ${this.#maxWrites} writes that one may send. Write less at a time.`,
        this.#maxWrites,
      );
    }
    this.#writes += 1;
    this.countOf(vendor).calls += 1;
  }

  /** Takes part in a call until it settles or the operation ends. */
  async wait<T>(vendor: Vendor, promise: Promise<T>, leave: () => void): Promise<T> {
    if (this.signal.aborted) {
      leave();
      throw this.#ended(vendor);
    }
    this.#leave.add(leave);
    if (!this.#listens) {
      this.#listens = true;
      this.signal.addEventListener('abort', this.#abort, { once: true });
    }
    try {
      return await promise;
    } catch (error) {
      if (this.signal.aborted) throw this.#ended(vendor);
      throw error;
    } finally {
      this.#leave.delete(leave);
      leave();
    }
  }

  #ended(vendor: Vendor): SourceError {
    return new SourceError({
      code: 'SOURCE_TIMEOUT',
      vendor,
      message: `${vendorNames[vendor]} did not answer before the operation's time was over. Try again, or ask for less at a time.`,
    });
  }
}

export interface GetRequest {
  /** The vendor's name of the operation. */
  readonly endpoint: string;
  /** Made with `pathOf`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
}

export interface WriteRequest {
  /** The vendor's name of the operation. */
  readonly endpoint: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Made with `pathOf`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON; undefined sends no body. */
  readonly json?: unknown;
  /** Sent as it is, in place of `json`. */
  readonly raw?: { readonly bytes: Uint8Array; readonly contentType: string };
  /** Out of the vendor's table of writes. */
  readonly rule: WriteRule;
}

/**
 * HTTP to one vendor with one account, for one operation. What the operation asks twice is asked once: answers
 * are kept until {@link VendorHttp.forget}.
 */
export class VendorHttp {
  readonly account: Account;
  readonly #operation: Operation;
  readonly #protocol: VendorProtocol;
  readonly #answers = new Map<string, Promise<unknown>>();
  /** The oldest tick of the reads that were used. */
  #asOf: number | undefined;
  /** Of the reads of others, those that were sent after so many may be shared. */
  #sharesAfter = 0;

  constructor(operation: Operation, account: Account, protocol: VendorProtocol) {
    this.#operation = operation;
    this.account = account;
    this.#protocol = protocol;
  }

  /**
   * GET, parsed by `parse` (the same function for the same endpoint). Throws SourceError for everything that is
   * not a 2xx answer of the documented shape, TooExpensiveError over the operation's ceiling.
   */
  get<T>(request: GetRequest, parse: (json: unknown) => T): Promise<T> {
    const path = request.query === undefined ? request.path : request.path + queryOf(request.query);
    const known = this.#answers.get(path);
    // One path is one endpoint, and one endpoint has one parse function.
    if (known !== undefined) return known as Promise<T>;
    const answer = this.#send(request.endpoint, path, parse);
    this.#answers.set(path, answer);
    return answer;
  }

  /**
   * Sends a write, again only where its rule allows it; what was read before is forgotten. Throws SourceError: a
   * refusal means that nothing was written, OUTCOME_UNKNOWN that it may have been.
   */
  async write<T>(request: WriteRequest, parse: (json: unknown, status: number) => T): Promise<T> {
    const { endpoint, method, rule, raw } = request;
    const path = request.query === undefined ? request.path : request.path + queryOf(request.query);
    this.#operation.beforeWrite(this.account.vendor);
    this.forget();
    try {
      const body = raw?.bytes ?? (request.json === undefined ? undefined : JSON.stringify(request.json));
      return await this.#operation.upstream.write(
        this.account,
        this.#protocol,
        { endpoint, method, path, body, contentType: raw?.contentType, rule, parse },
        this.#operation.callFor(this.account.vendor),
      );
    } finally {
      this.forget();
    }
  }

  /** What was read since it was last forgotten is not older than this tick; undefined when nothing was. */
  readsAsOf(): number | undefined {
    return this.#asOf;
  }

  /** Drops what was read, so that what is read next is read anew: it shares no read that is under way by now. */
  forget(): void {
    this.#answers.clear();
    this.#asOf = undefined;
    this.#sharesAfter = this.#operation.upstream.readsSent;
  }

  async #send<T>(endpoint: string, path: string, parse: (json: unknown) => T): Promise<T> {
    const { vendor } = this.account;
    const operation = this.#operation;
    let call = operation.upstream.inFlight(this.account, path, this.#sharesAfter, operation.notBefore);
    if (call === undefined) {
      operation.spend(vendor);
      const request = { endpoint, path, parse };
      call = operation.upstream.send(this.account, this.#protocol, request, operation.callFor(vendor));
    } else {
      operation.countOf(vendor).shared += 1;
    }
    this.#asOf = Math.min(this.#asOf ?? call.tick, call.tick);
    // The same endpoint of the same scope was parsed by the same function.
    return operation.wait(vendor, call.promise as Promise<T>, call.join(operation.deadline));
  }
}
