import { z } from 'zod';

const count = z.number().int().positive();

/** What the sandbox can be told to do differently. A name that does not exist is refused. */
export const PostHogSwitches = z.strictObject({
  /** Datasets and items speak the later, versioned dialect. */
  laterDatasets: z.boolean(),
  /** Prompts show `labels`, `config`, `version_description` and take the label routes, as later servers do. */
  labels: z.boolean(),
  /** Scorers show `current_version_id`, hide archived ones by default and compare `base_version`, as later servers do. */
  laterScorers: z.boolean(),
  /** Publish, resolve and archive refuse API keys with a bare 403, as early 2026 servers do. */
  promptWritesWebOnly: z.boolean(),
  /** Prompts that are not text are returned as raw JSON, as early servers do. */
  rawJsonPrompts: z.boolean(),
  /** The organisation has agreed to AI data processing; translate answers 403 without. */
  aiConsent: z.boolean(),
  /** The translating model fails: 500 with code `translation_error`. */
  translationFails: z.boolean(),
  /** The feature flag for reviews, scorers and queues is on; 403 without. */
  reviewsFeature: z.boolean(),
  /** By-name reads of a prompt miss the newest publish that was made while this is on, as its cache would. */
  staleByName: z.boolean(),
  /** Personal keys are throttled, at the rates below. */
  throttle: z.boolean(),
  /** All CRUD routes together. */
  requestsPerMinute: count,
  requestsPerHour: count,
  /** Publishing a prompt version, on top of the two above. */
  publishesPerMinute: count,
  /** Translations, in place of all of the above. */
  translationsPerMinute: count,
  translationsPerHour: count,
  translationsPerDay: count,
});
export type PostHogSwitches = z.infer<typeof PostHogSwitches>;

/** The baseline server, unthrottled; the rates are the vendor's own (public source). */
export const defaultSwitches: PostHogSwitches = {
  laterDatasets: false,
  labels: false,
  laterScorers: false,
  promptWritesWebOnly: false,
  rawJsonPrompts: false,
  aiConsent: true,
  translationFails: false,
  reviewsFeature: true,
  staleByName: false,
  throttle: false,
  requestsPerMinute: 480,
  requestsPerHour: 4800,
  publishesPerMinute: 30,
  translationsPerMinute: 30,
  translationsPerHour: 200,
  translationsPerDay: 500,
};
