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

/** The rates that every request counts towards. */
export const generalRates = publishedRates.filter(({ what }) => what === 'READ_AND_WRITE');

/** The first row above, as `sources` tells it; PostHog sends no header that says what is left. */
export const publishedRateLimit: SourceRateLimit = { limit: 480, remaining: null, resetsAt: null };

/** `limit` of a prompt's history: 1 to 100, else 400 (llm_prompts_resolve_name_retrieve). */
export const maximumVersionsAPage = 100;

/** Prompts in one page of a look, and versions of a prompt that a look at it alone asks for. Ours. */
export const promptsALook = 100;
export const versionsALook = 20;

/** Ids in one `id__in` or `trace_id__in`. Ours: no cap is published, but about 8 kB of URL holds so many UUIDs. */
export const maximumIdsARequest = 200;

/** Ids in one `id__in` of a dataset list on servers of the later generation (their public source). */
export const maximumIdsARequestLater = 100;

/** Bytes that one request's encoded id lists may have together. Ours, to stay under 8 kB of URL. */
export const maximumListBytes = 7_900;

/** Score definitions read at once to find several by id; ours, since no such filter and no maximum exist. */
export const definitionsAPage = 500;

/** Writes of one edit under way side by side. Ours. */
export const writesSideBySide = 8;

/** Items in one page of a server of the later generation, at most (their public source). */
export const itemsALaterPage = 25;

/** Items in one page when many are looked up; ours, as large as the pages that are shown. */
export const itemsAPage = 100;

/** Items that are asked for one by one rather than by a page of their dataset. Ours. */
export const itemsOneByOne = 3;

/** Characters of a dataset's name, of a review's trace id, of the references of an item (PostHog's OpenAPI file). */
export const maximumDatasetName = 400;
export const maximumTraceId = 255;
export const maximumReference = 255;

/** Bytes of a prompt as compact UTF-8 JSON, quotes and escapes included (public server source). */
export const maximumPromptBytes = 1_000_000;

/** Characters of a prompt version's description, and labels that a prompt may have (later servers' public source). */
export const maximumVersionDescription = 400;
export const maximumLabels = 50;

/** Characters of an option's key, digits before and after the point of a score (public server source). */
export const maximumOptionKey = 128;
export const maximumScoreDigits = 6;

/** Characters of a text to translate and of a language (public server source). */
export const maximumTranslatedText = 10_000;
export const maximumLanguage = 10;
