import type { Caller } from '../context.ts';

/** What a transport knows of whoever sent an operation: never a request object, so that every transport can say it. */
export interface CallerInput {
  readonly caller: Caller;
  /** An HTTP header (lower case), or a member of `connectionParams`. */
  header(name: string): string | undefined;
  readonly requestId: string;
  /** Ends when the caller leaves or the operation's time is over. */
  readonly signal: AbortSignal;
}
