import type { SourceRateLimit } from '../../domain/source-status.ts';

export interface PublishedRate {
  readonly what: 'READ_AND_WRITE' | 'PUBLISH_PROMPT' | 'TRANSLATE';
  readonly requests: number;
  readonly seconds: number;
}

/**
 * Of one personal API key; PostHog's documentation says of one project, so all keys of a project are budgeted as
 * one. Publishing counts towards the general rates too, translating has only its own. Off on instances that do
 * not enable them. Source: PostHog/posthog `posthog/rate_limit.py` and the throttles of the LLM routes.
 */
export const publishedRates: readonly PublishedRate[] = [
  { what: 'READ_AND_WRITE', requests: 480, seconds: 60 },
  { what: 'READ_AND_WRITE', requests: 4_800, seconds: 3_600 },
  { what: 'PUBLISH_PROMPT', requests: 30, seconds: 60 },
  { what: 'TRANSLATE', requests: 30, seconds: 60 },
  { what: 'TRANSLATE', requests: 200, seconds: 3_600 },
  { what: 'TRANSLATE', requests: 500, seconds: 86_400 },
];

/** The first row above, as `sources` tells it; PostHog sends no header that says what is left. */
export const publishedRateLimit: SourceRateLimit = { limit: 480, remaining: null, resetsAt: null };

/** `limit` of a prompt's history: 1 to 100, else 400 (llm_prompts_resolve_name_retrieve). */
export const maximumVersionsAPage = 100;

/** Ids in one `id__in` or `trace_id__in`. Ours: no cap is published, but about 8 kB of URL holds so many UUIDs. */
export const maximumIdsARequest = 200;

/** Ids in one `id__in` of a dataset list on servers of the later generation (their public source). */
export const maximumIdsARequestLater = 100;

/** Bytes that one request's encoded id lists may have together. Ours, to stay under 8 kB of URL. */
export const maximumListBytes = 7_900;

/** Score definitions read at once to find several by id; ours, since no such filter and no maximum exist. */
export const definitionsAPage = 500;
