import { z } from 'zod';
import type { InputIssue } from '../../domain/errors.ts';
import { parseInstant } from '../../domain/instant.ts';
import type { Json } from '../../domain/json.ts';
import { json as anyJson, looseRows, parserOf } from '../parsing.ts';

/** A value that is passed on as it is. The body was parsed from JSON, so it can be nothing else. */
const json = anyJson.optional();

const text = z.string().nullish();

/** With `Z`, or without a zone, as vendor samples show both. */
const instant = z.string().transform((value, context) => {
  const parsed = parseInstant(value);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'not a timestamp' });
  return z.NEVER;
});

const environment = z.object({
  id: z.string(),
  name: z.string(),
  /** `default` or `other`. */
  tag: z.string(),
  created_at: instant.nullish(),
});
export type EnvironmentRow = z.infer<typeof environment>;

/** The SDKs of 2025 type it as anything: what has another shape tells of nobody. */
const user = z.object({ id: text, email_address: text, full_name: text }).nullish().catch(null);
export type UserRow = z.infer<typeof user>;

/** File and version flattened into one object, as datasets and prompts have it alike. */
const file = {
  id: z.string(),
  name: z.string(),
  /** Folders and name. */
  path: text,
  description: text,
  version_id: z.string(),
  version_name: text,
  version_description: text,
  environments: z.array(environment).nullish(),
  created_at: instant,
  updated_at: instant,
  created_by: user,
};

const fileRow = z.object(file);
export type FileRow = z.infer<typeof fileRow>;

const dataset = z.object({
  ...file,
  path: z.string(),
  directory_id: text,
  readme: text,
  tags: z.array(z.string()).nullish(),
  schema: json,
  attributes: json,
  last_used_at: instant.nullish(),
  datapoints_count: z.int32().nullish(),
});
export type DatasetRow = z.infer<typeof dataset>;

const datapoint = z.object({ id: z.string(), inputs: json, target: json, messages: json });
export type DatapointRow = z.infer<typeof datapoint>;

const datasetEnvironment = environment.extend({ file: dataset.nullish() });
export type DatasetEnvironmentRow = z.infer<typeof datasetEnvironment>;

const message = z.object({
  role: z.string(),
  content: json,
  name: text,
  tool_call_id: text,
  tool_calls: json,
  thinking: json,
});
export type MessageRow = z.infer<typeof message>;

/** What a prompt version is set to, beside its template. */
const promptSettings = {
  model: z.string(),
  endpoint: json,
  provider: json,
  template_language: json,
  max_tokens: json,
  temperature: json,
  top_p: json,
  stop: json,
  presence_penalty: json,
  frequency_penalty: json,
  other: json,
  seed: json,
  response_format: json,
  reasoning_effort: json,
  tools: json,
  linked_tools: json,
  attributes: json,
};
// Object.keys forgets the keys' type; the table above is the whole list.
export const promptSettingNames = Object.keys(promptSettings) as readonly (keyof typeof promptSettings)[];

const prompt = z.object({
  ...file,
  ...promptSettings,
  template: z.union([z.string(), z.array(message)]).nullish(),
});
export type PromptRow = z.infer<typeof prompt>;

function pageOf<Row>(row: z.ZodType<Row>) {
  return z.object({
    records: looseRows(row),
    size: z.int32().nonnegative(),
    total: z.int32().nonnegative(),
  });
}

function recordsOf<Row>(row: z.ZodType<Row>) {
  return z.object({ records: looseRows(row) });
}

export const parseDataset = parserOf(dataset);
export const parseDatasetPage = parserOf(pageOf(dataset));
export const parseDatasetVersions = parserOf(recordsOf(dataset));
export const parseDatapointPage = parserOf(pageOf(datapoint));
export const parseDatasetEnvironments = parserOf(z.array(datasetEnvironment));
export const parsePrompt = parserOf(prompt);
export const parsePromptPage = parserOf(pageOf(prompt));
export const parsePromptVersions = parserOf(recordsOf(prompt));

/** What is wrong with a value that a request is to hold, by its place in the caller's input. */
function checkerOf(schema: z.ZodType): (value: unknown, path: readonly string[]) => readonly InputIssue[] {
  return (value, path) => {
    const { error } = schema.safeParse(value);
    if (error === undefined) return [];
    return error.issues.flatMap((issue): readonly InputIssue[] => {
      const place = [...path, ...issue.path.map(String)];
      if (issue.code !== 'unrecognized_keys') return [{ path: place, message: issue.message }];
      // The vendor ignores members that it does not know: they would be lost without a word.
      return issue.keys.map((key) => ({ path: [...place, key], message: 'Humanloop keeps no such member' }));
    });
  };
}

const contentPart = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({
    type: z.literal('image_url'),
    image_url: z.strictObject({ url: z.string(), detail: text }),
  }),
]);

/** A chat message in a request. Roles are the vendor's to judge. */
const messageRequest = z.strictObject({
  role: z.string(),
  content: z
    .union([z.string(), z.array(contentPart)], 'must be text or a list of text and image_url parts')
    .nullish(),
  name: text,
  tool_call_id: text,
  tool_calls: z
    .array(
      z.strictObject({
        id: z.string(),
        type: z.literal('function'),
        function: z.strictObject({ name: z.string(), arguments: text }),
      }),
    )
    .nullish(),
  thinking: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
        z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() }),
      ]),
    )
    .nullish(),
});

export const checkInputs = checkerOf(
  z.record(z.string(), z.string('must be text: Humanloop inputs are a map of texts'), {
    error: 'must be a map of texts by the names of the inputs',
  }),
);
export const checkTarget = checkerOf(
  z.record(
    z.string(),
    z.custom<Json>((value) => value !== null && value !== undefined, 'must not be null: leave it out'),
    { error: 'must be a map: Humanloop targets are values by name' },
  ),
);
export const checkMessage = checkerOf(messageRequest);
export const checkMessages = checkerOf(z.array(messageRequest));
