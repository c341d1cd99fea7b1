import type { SourceRateLimit } from '../../domain/source-status.ts';

/**
 * Rows asked for at a time, where it is not the caller who decides. Neither a default nor a maximum of
 * `page[limit]` is published for projects, datasets and records.
 */
export const pageSizes = {
  /** All projects, and the lists in which several ids are looked for. Ours. */
  lookup: 100,
  /**
   * Records in which single items are looked for. Ours: as many as Datadog's SDK writes at once, a third of what
   * was recorded in one answer.
   */
  itemLookup: 1_000,
  /** The cheapest list that shows that the vendor answers. */
  probe: 1,
  /** Datadog spec, ListModelLabProjects, `page[size]`: maximum 100. */
  modelLabMaximum: 100,
} as const;

/** Pages in which several ids are looked for before each is asked for by itself. Ours. */
export const lookupPages = 5;

/** Datadog spec: `version_number` and the restored `dataset_version` are int32. */
export const greatestVersion = 2_147_483_647;

/** Datadog spec: the id of a Model Lab project is an int64. */
export const greatestModelLabId = 9_223_372_036_854_775_807n;

/** Datadog's documentation: limits per endpoint are not published; the headers of an answer may tell them. */
export const publishedRateLimit: SourceRateLimit = { limit: null, remaining: null, resetsAt: null };

/**
 * What one batch of records may hold. Only that there is a limit is documented (413); these are what Datadog's own
 * Python SDK keeps to: at most 1,000 records at once, and files instead of batches above 5 MB.
 */
export const batchLimits = { records: 1_000, bytes: 5_000_000 } as const;

/** How far apart our clock and Datadog's are taken to be, at most; milliseconds. Ours. */
export const clockTolerance = 5_000;
