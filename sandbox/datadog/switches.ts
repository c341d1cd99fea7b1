import { z } from 'zod';
import { isJsonObject } from './any-value.ts';

const refusal = z.union([z.literal(400), z.literal(403), z.literal(404), z.literal(409), z.literal(423)]);

const Switches = z.strictObject({
  /**
   * `spec`: the published shapes. `recorded`: what Datadog's published recordings show: wrapped records, nulls
   * left out, `application/vnd.api+json`, `meta.after: ""`, Model Lab pages from 0, terse errors, 200 for
   * creates. The state behaves the same in both.
   */
  dialect: z.enum(['spec', 'recorded']).default('spec'),
  /**
   * What GET draft_state answers when nobody holds the lock; not documented. `empty-user` is what a Go service
   * gives for a struct that was never filled: year 1 and an empty user id.
   */
  unlockedDraftState: z
    .enum(['404', 'null-data', 'missing-user', 'null-attributes', 'empty-user'])
    .default('404'),
  /**
   * What lock answers when somebody else holds it; no status is documented. Default 400: among the documented
   * ones. `200-with-holder` answers the draft state of the one who holds it.
   */
  lockHeldByOther: z.union([refusal, z.literal('200-with-holder')]).default(400),
  /** What unlock answers when nobody holds the lock; not documented. */
  unlockNotHeld: z.union([refusal, z.literal(200)]).default(404),
  /** What unlock answers when somebody else holds the lock (who keeps it in any case); not documented. */
  unlockHeldByOther: z.union([refusal, z.literal(200)]).default(403),
  /** Whether a lock keeps others from writing through the API (403); not documented. */
  lockBlocksWrites: z.boolean().default(false),
  /** What `meta.after` is at the end of a list. `as-dialect`: null by the spec, "" as recorded. */
  endOfList: z.enum(['as-dialect', 'empty-string', 'null', 'absent']).default('as-dialect'),
  /** The largest page of a cursor-paged list, and the default one. Larger wishes are clamped to it. */
  pageLimitMaximum: z.number().int().positive().default(5_000),
  /** How `filter[name]` compares; not documented. */
  nameFilter: z.enum(['exact', 'contains']).default('exact'),
  /** What the delete operations do with ids that do not exist; not documented. */
  deleteUnknown: z.enum(['ignore', '404']).default('ignore'),
  /** The most records in one batch_update; more is 413, whose limit is not published. */
  batchUpdateMaximumRecords: z.number().int().positive().default(1_000),
  /** What batch_update does without `deduplicate`, a field that first-party code sends and the spec lacks. */
  batchUpdateDeduplicates: z.boolean().default(false),
  /** Whether the organisation may save a `config` with a prompt; if not, one that is sent is a 403 (spec). */
  promptConfiguration: z.boolean().default(true),
  /** Whether X-RateLimit-* headers are sent and the limit is kept; recordings show neither. */
  rateLimitHeaders: z.boolean().default(false),
  /** Requests allowed per period, organisation and API family. */
  rateLimit: z.number().int().min(0).default(300),
  /** Seconds; periods are aligned to the calendar. */
  rateLimitPeriod: z.number().int().positive().default(60),
});

/** How the sandbox answers where Datadog's documentation is silent, and in which dialect it speaks. */
export type DatadogSwitches = z.infer<typeof Switches>;
export type Dialect = DatadogSwitches['dialect'];

/** The default of every switch. */
export function defaultSwitches(): DatadogSwitches {
  return Switches.parse({});
}

/** Sets the switches that the (unchecked) changes name; says what is wrong with them otherwise. */
export function changeSwitches(switches: DatadogSwitches, changes: unknown): z.core.$ZodIssue[] {
  const merged = Switches.safeParse(isJsonObject(changes) ? { ...switches, ...changes } : changes);
  if (!merged.success) return merged.error.issues;
  Object.assign(switches, merged.data);
  return [];
}
