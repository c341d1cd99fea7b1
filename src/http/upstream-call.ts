import type { Vendor } from '../domain/vendor.ts';
import type { Lane } from './fair-queue.ts';
import type { WriteRule } from './write-rule.ts';

export interface FinishedCall {
  readonly vendor: Vendor;
  readonly endpoint: string;
  /** HTTP status, or 0 when there was no answer. */
  readonly status: number;
  readonly milliseconds: number;
}

/** For whom a call is made. */
export interface CallFor {
  readonly lane: Lane;
  /** Whether nobody waits for it. */
  readonly background: boolean;
  /** When it has to be over; milliseconds since the epoch. */
  readonly deadline: number;
  /** Its answer was not good enough, and it is sent once more. */
  onRetry(): void;
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
