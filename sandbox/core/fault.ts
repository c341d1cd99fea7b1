import { z } from 'zod';

/**
 * What a sandbox vendor can be told to do to an answer. `reset-before` and `refuse` leave the vendor's state
 * alone; every other effect without a `status` of its own lets the vendor act first, so that "the write
 * happened but its answer never came" can be played.
 */
export const FaultEffect = z.discriminatedUnion('type', [
  /** Wait, then answer as usual. Milliseconds. */
  z.object({ type: z.literal('latency'), milliseconds: z.number().int().min(0).max(600_000) }),
  /** Answer with this instead; the vendor does not act. */
  z.object({
    type: z.literal('answer'),
    status: z.number().int().min(200).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string().default(''),
  }),
  /** Let the vendor act, then answer with this body (and status) in place of its own. */
  z.object({
    type: z.literal('replace-body'),
    status: z.number().int().min(200).max(599).optional(),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string(),
  }),
  /** Close the connection before the vendor acts. */
  z.object({ type: z.literal('reset-before') }),
  /** Let the vendor act, then close the connection without a byte of answer. */
  z.object({ type: z.literal('reset-after') }),
  /** Let the vendor act, send the head and half of the body, then close the connection. */
  z.object({ type: z.literal('half') }),
  /** Let the vendor act, then never answer. */
  z.object({ type: z.literal('hang') }),
  /** Let the vendor act, then send its body one byte at a time. Milliseconds between bytes. */
  z.object({ type: z.literal('drip'), milliseconds: z.number().int().min(1).max(60_000) }),
  /** Cut the JSON body in the middle, with a content length that agrees. */
  z.object({ type: z.literal('cut-json') }),
]);
export type FaultEffect = z.infer<typeof FaultEffect>;

/** Which requests a fault meets, what it does, and how often. */
export const Fault = z.object({
  /** HTTP method; every one when left out. */
  method: z.string().optional(),
  /** Regular expression over path and query (`/api/…?x=y`); every request when left out. */
  path: z.string().optional(),
  effect: FaultEffect,
  /** How many requests it meets before it is spent; without end when left out. */
  times: z.number().int().positive().optional(),
});
export type Fault = z.infer<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;

interface ActiveFault {
  readonly fault: Fault;
  readonly pattern: RegExp | undefined;
  remaining: number;
}

/** The faults in force at one vendor, first match wins. */
export class FaultPlan {
  #active: ActiveFault[] = [];

  /** Puts a fault in force; returns a function that lifts it. */
  add(input: FaultInput): () => void {
    const fault = Fault.parse(input);
    const entry: ActiveFault = {
      fault,
      pattern: fault.path === undefined ? undefined : new RegExp(fault.path),
      remaining: fault.times ?? Number.POSITIVE_INFINITY,
    };
    this.#active.push(entry);
    return () => {
      this.#active = this.#active.filter((other) => other !== entry);
    };
  }

  clear(): void {
    this.#active = [];
  }

  /** The effect that the request meets, if any; spends one of its times. */
  take(method: string, pathAndQuery: string): FaultEffect | undefined {
    const entry = this.#active.find(
      ({ fault, pattern }) =>
        (fault.method === undefined || fault.method === method) &&
        (pattern === undefined || pattern.test(pathAndQuery)),
    );
    if (entry === undefined) return undefined;
    entry.remaining -= 1;
    if (entry.remaining <= 0) this.#active = this.#active.filter((other) => other !== entry);
    return entry.fault.effect;
  }
}
