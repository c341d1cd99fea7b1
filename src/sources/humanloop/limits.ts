import type { SourceRateLimit } from '../../domain/source-status.ts';

/** Numbers of the vendor, each with where it comes from. */
export const limits = {
  /** First page, counted from 1 (OpenAPI of October 2024: `page` has minimum 1). */
  firstPage: 1,
  /**
   * Datapoints in one request where a whole version is read. No maximum of `size` is published; 1000 is what the
   * vendor's own export script asks for (humanloop-export, 2025-06-23).
   */
  datapointsPage: 1000,
  /** Files in one request where a path is looked for; the same script asks for everything else by 100. */
  filesPage: 100,
  /** Pages that are read side by side; the same script has up to 10 under way. */
  pagesAtOnce: 8,
  /** Rate limits: numbers, scope and headers are unpublished. */
  publishedRateLimit: null,
} as const satisfies { publishedRateLimit: SourceRateLimit | null } & Record<string, unknown>;
