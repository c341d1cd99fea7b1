import { z } from 'zod';
import { type Instant, parseInstant } from '../../domain/instant.ts';
import type { Json } from '../../domain/json.ts';
import { json, type LooseRows, looseRows, parserOf } from '../parsing.ts';

const id = z.string().min(1);

const instant = z.string().transform((text, context): Instant => {
  const value = parseInstant(text);
  if (value !== undefined) return value;
  context.issues.push({ code: 'invalid_type', expected: 'date', input: text });
  return z.NEVER;
});

/** Only `id`, `uuid` and `email` are documented as always there. */
const User = z.object({
  id: z.int32(),
  uuid: z.string().nullish(),
  distinct_id: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  email: z.string().nullish(),
  is_email_verified: z.boolean().nullish(),
  hedgehog_config: json.optional(),
  role_at_organization: z.string().nullish(),
});
export type User = z.infer<typeof User>;

/** Both generations; the later one says `team_id`. */
const Dataset = z.object({
  id,
  name: z.string(),
  description: z.string().nullish(),
  metadata: json.optional(),
  created_at: instant,
  updated_at: instant.nullish(),
  created_by: User.nullish(),
  team: z.int32().nullish(),
  team_id: z.int32().nullish(),
  deleted: z.boolean().nullish(),
  /** The later generation's word for `deleted`. */
  archived: z.boolean().nullish(),
});
export type Dataset = z.infer<typeof Dataset>;

/** Both generations: an item of the later one has `version_id`, and other names for most of its members. */
const DatasetItem = z.object({
  id,
  dataset: id,
  input: json.optional(),
  metadata: json.optional(),
  created_at: instant.nullish(),
  updated_at: instant.nullish(),
  created_by: User.nullish(),
  output: json.optional(),
  ref_trace_id: z.string().nullish(),
  ref_source_id: z.string().nullish(),
  ref_timestamp: instant.nullish(),
  deleted: z.boolean().nullish(),
  version: z.int32().nullish(),
  version_id: z.string().nullish(),
  expected_output: json.optional(),
  source_trace_id: z.string().nullish(),
  source_event_id: z.string().nullish(),
  source_timestamp: instant.nullish(),
  archived: z.boolean().nullish(),
});
export type DatasetItem = z.infer<typeof DatasetItem>;

const Score = z.object({
  id,
  definition_id: id,
  definition_name: z.string().nullish(),
  definition_kind: z.string().nullish(),
  definition_archived: z.boolean().nullish(),
  definition_version_id: id.nullish(),
  definition_version: z.int32().nullish(),
  definition_config: json.optional(),
  categorical_values: z.array(z.string()).nullish(),
  /** Decimal text. A JSON number would have gone through a float already, and is refused. */
  numeric_value: z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .nullish(),
  boolean_value: z.boolean().nullish(),
  created_at: instant.nullish(),
  updated_at: instant.nullish(),
});
export type Score = z.infer<typeof Score>;

const TraceReview = z.object({
  id,
  trace_id: id,
  comment: z.string().nullish(),
  scores: z.array(Score),
  team: z.int32().nullish(),
  created_at: instant,
  updated_at: instant.nullish(),
  created_by: User.nullish(),
  reviewed_by: User.nullish(),
});
export type TraceReview = z.infer<typeof TraceReview>;

const ScoreDefinition = z.object({
  id,
  name: z.string(),
  description: z.string().nullish(),
  kind: z.string(),
  archived: z.boolean(),
  current_version: z.int32().nullish(),
  /** Servers of the later generation only. */
  current_version_id: z.string().nullish(),
  config: json.optional(),
});
export type ScoreDefinition = z.infer<typeof ScoreDefinition>;

/** What a numeric config holds is a JSON number; its text is the shortest that means it. */
const configNumber = z
  .union([z.number(), z.string()])
  .nullish()
  .transform((value) => (typeof value === 'number' ? String(value) : value));

/** The rules that a scorer's values are checked by, of all kinds together: each kind has its own few. */
const ScoreConfig = z.object({
  options: z.array(z.object({ key: z.string() })).nullish(),
  selection_mode: z.string().nullish(),
  min_selections: z.int32().nullish(),
  max_selections: z.int32().nullish(),
  min: configNumber,
  max: configNumber,
  step: configNumber,
});
export type ScoreConfig = z.infer<typeof ScoreConfig>;

/** A version's row. Its `latest_version` and counts are of the whole prompt. */
const PromptRow = z.object({
  id,
  name: id,
  /** With `content=full` only. Text, on early servers any JSON. */
  prompt: json.optional(),
  /** With `content=preview` only. */
  prompt_preview: z.string().nullish(),
  version: z.int32().min(1),
  version_count: z.int32().nullish(),
  first_version_created_at: instant.nullish(),
  created_at: instant,
  updated_at: instant.nullish(),
  created_by: User.nullish(),
  is_latest: z.boolean().nullish(),
  outline: z.array(z.object({ level: z.int32(), text: z.string() })).nullish(),
  prompt_size_bytes: z.int32().nullish(),
  config: json.optional(),
  version_description: z.string().nullish(),
  labels: z.array(z.string()).nullish(),
});
export type PromptRow = z.infer<typeof PromptRow>;

const VersionSummary = z.object({
  id,
  version: z.int32().min(1),
  created_at: instant,
  created_by: User.nullish(),
  is_latest: z.boolean().nullish(),
  version_description: z.string().nullish(),
  labels: z.array(z.string()).nullish(),
});
export type VersionSummary = z.infer<typeof VersionSummary>;

const ResolvedPrompt = z.object({
  prompt: PromptRow.extend({ prompt: json }),
  versions: looseRows(VersionSummary),
  has_more: z.boolean(),
});
export type ResolvedPrompt = z.infer<typeof ResolvedPrompt>;

/** The answer to a write, of which no more is needed than that it is one. */
const Written = z.object({ id });
export type Written = z.infer<typeof Written>;

const WrittenDataset = Written.extend({ archived: z.boolean().nullish() });
export type WrittenDataset = z.infer<typeof WrittenDataset>;

/** The members that only later servers have tell what such a server kept. */
const WrittenPrompt = Written.extend({
  name: id,
  version: z.int32().min(1),
  config: json.optional(),
  version_description: z.string().nullish(),
  labels: z.array(z.string()).nullish(),
});
export type WrittenPrompt = z.infer<typeof WrittenPrompt>;

const SetLabel = z.object({ name: z.string(), version: z.int32() });
export type SetLabel = z.infer<typeof SetLabel>;

const Translation = z.object({
  translation: z.string(),
  detected_language: z.string().nullish(),
  provider: z.string().nullish(),
});
export type Translation = z.infer<typeof Translation>;

/** A limit/offset page. `next` and `previous` are not read: offsets are ours to choose. */
export interface Listing<Row> {
  readonly count: number;
  readonly results: LooseRows<Row>;
}

function listingOf<Row>(row: z.ZodType<Row>): (json: unknown) => Listing<Row> {
  return parserOf(z.object({ count: z.int32().min(0), results: looseRows(row) }));
}

export const parseDatasets = listingOf(Dataset);
export const parseDatasetItems = listingOf(DatasetItem);
export const parseDatasetItem = parserOf(DatasetItem);
export const parseTraceReviews = listingOf(TraceReview);
export const parseTraceReview = parserOf(TraceReview);
export const parseScoreDefinitions = listingOf(ScoreDefinition);
export const parseScoreDefinition = parserOf(ScoreDefinition);
export const parsePrompts = listingOf(PromptRow);
export const parseResolvedPrompt = parserOf(ResolvedPrompt);
export const parseReviewQueue = parserOf(Written);

export const parseWritten = parserOf(Written);
export const parseWrittenDataset = parserOf(WrittenDataset);
export const parseWrittenPrompt = parserOf(WrittenPrompt);
export const parseSetLabel = parserOf(SetLabel);
export const parseTranslation = parserOf(Translation);

/** A write whose answer has no body, or one that nothing is read of. */
export function parseNothing(): void {}

/** Undefined for a config that is not as documented: what cannot be read cannot be checked against. */
export function readScoreConfig(config: Json | undefined): ScoreConfig | undefined {
  return ScoreConfig.safeParse(config).data;
}
