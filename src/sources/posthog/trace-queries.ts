import { maximumIdsARequest } from './limits.ts';

/** One request's way to name traces, and which ones it names. */
export interface TraceQuery {
  readonly traceIds: readonly string[];
  readonly traceId?: string;
  readonly traceIdIn?: string;
}

/** PostHog trims trace ids and keeps 1 to 255 characters of them (public server source). */
function canBeTraceId(id: string): boolean {
  if (id === '' || id.includes('\0') || id !== id.trim()) return false;
  return id.length <= 255 || Array.from(id).length <= 255;
}

/** Bytes that an id and the comma before it take in a URL. */
function bytesOf(id: string): number {
  return encodeURIComponent(id.toWellFormed()).length + '%2C'.length;
}

/**
 * The fewest requests that together name these traces, none for ids that PostHog cannot have. An id with a
 * comma cannot stand in a list and takes a request of its own.
 */
export function traceQueriesOf(traceIds: readonly string[], maximumBytes: number): readonly TraceQuery[] {
  const queries: TraceQuery[] = [];
  let listed: string[] = [];
  let bytes = 0;
  const endList = (): void => {
    if (listed.length > 0) queries.push({ traceIds: listed, traceIdIn: listed.join(',') });
    listed = [];
    bytes = 0;
  };
  for (const id of new Set(traceIds)) {
    if (!canBeTraceId(id)) continue;
    if (id.includes(',')) {
      queries.push({ traceIds: [id], traceId: id });
      continue;
    }
    const added = bytesOf(id);
    if (listed.length === maximumIdsARequest || bytes + added > maximumBytes) endList();
    listed.push(id);
    bytes += added;
  }
  endList();
  return queries;
}
