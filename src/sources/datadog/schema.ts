import { z } from 'zod';
import type { SourceError } from '../../domain/errors.ts';
import { type Instant, parseInstant } from '../../domain/instant.ts';
import { type BadRow, faultsOf, type GoodRow, json, looseRows, parserOf } from '../parsing.ts';

/** What Datadog's answers look like, as far as it is used. The spec and recordings differ; both are accepted. */

/** An id. */
export const text = z.string().min(1);
/** A date that is none makes a bad row. */
export const date = z.string().transform((value, context): Instant => {
  const instant = parseInstant(value);
  if (instant !== undefined) return instant;
  context.issues.push({ code: 'invalid_format', format: 'datetime', input: '' });
  return z.NEVER;
});
const presentJson = json.refine((value) => value !== undefined, 'missing');
/** Unknown members are kept: they are shown as a person's details. */
const person = z
  .object({
    id: z.string().nullish(),
    name: z.string().nullish(),
    email: z.string().nullish(),
    handle: z.string().nullish(),
    icon: z.string().nullish(),
  })
  .catchall(json);
const texts = z.array(z.string()).nullish();

const Project = z.object({
  id: text,
  attributes: z.object({
    name: z.string(),
    description: z.string().nullish(),
    created_at: date,
    updated_at: date.nullish(),
  }),
});

export const Dataset = z.object({
  id: text,
  attributes: z.object({
    name: z.string(),
    description: z.string().nullish(),
    metadata: json.optional(),
    current_version: z.int32().nonnegative(),
    created_at: date,
    updated_at: date.nullish(),
    author: person.nullish(),
  }),
});

const DatasetVersion = z.object({
  attributes: z.object({ version_number: z.int32().nonnegative(), last_used: date.nullish() }),
});

/** Spec: flat. Recorded: a resource with attributes. */
export function flatten(row: unknown): unknown {
  if (typeof row !== 'object' || row === null || !('attributes' in row)) return row;
  const { attributes } = row;
  return typeof attributes === 'object' ? { ...attributes, id: 'id' in row ? row.id : undefined } : row;
}
const DatasetRecord = z.preprocess(
  flatten,
  z.object({
    id: text,
    canonical_id: z.string().nullish(),
    input: presentJson,
    expected_output: json.optional(),
    metadata: json.optional(),
    tags: texts,
    created_at: date,
    updated_at: date.nullish(),
    author: person.nullish(),
  }),
);

/** Nothing is documented of a draft that nobody holds: each part may be missing. */
export const DraftState = z.object({
  data: z
    .object({
      attributes: z.object({ drafting_since: z.string().nullish(), user: person.nullish() }).nullish(),
    })
    .nullish(),
});

export const Prompt = z.object({
  attributes: z.object({
    prompt_id: text,
    title: z.string().nullish(),
    description: z.string().nullish(),
    author: z.string().nullish(),
    num_versions: z.int32().nonnegative().nullish(),
    created_at: date.nullish(),
    last_version_created_at: date.nullish(),
  }),
});

const promptVersionHeader = {
  version: z.int32().positive(),
  user_version: z.string().nullish(),
  description: z.string().nullish(),
  author: z.string().nullish(),
  labels: texts,
  created_at: date.nullish(),
  version_created_at: date.nullish(),
};
const PromptVersionHeader = z.object({ attributes: z.object(promptVersionHeader) });
export const PromptVersion = z.object({
  attributes: z.object({ ...promptVersionHeader, template: presentJson, config: json.optional() }),
});

export type VendorPerson = z.infer<typeof person>;
export type VendorProject = z.infer<typeof Project>;
export type VendorDataset = z.infer<typeof Dataset>;
export type VendorDatasetVersion = z.infer<typeof DatasetVersion>;
export type VendorRecord = z.infer<typeof DatasetRecord>;
export type VendorDraftState = z.infer<typeof DraftState>;
export type VendorPrompt = z.infer<typeof Prompt>;
export type VendorPromptVersionHeader = z.infer<typeof PromptVersionHeader>;
export type VendorPromptVersion = z.infer<typeof PromptVersion>;

/** The rows of a list; each of `faults` tells of the one of `bad` at its index. */
export interface VendorRows<T> {
  readonly good: readonly GoodRow<T>[];
  readonly bad: readonly BadRow[];
  readonly count: number;
  readonly faults: readonly SourceError[];
}

export interface VendorCursorPage<T> extends VendorRows<T> {
  /** The cursor of the next page; undefined at the end. */
  readonly after: string | undefined;
}

/** A schema for rows, of which the bad ones are told as faults of the endpoint. */
export function rowsOf<T>(endpoint: string, row: z.ZodType<T>): z.ZodType<VendorRows<T>> {
  return looseRows(row).transform((rows) => ({ ...rows, faults: faultsOf('DATADOG', endpoint, rows.bad) }));
}

function listParser<T>(endpoint: string, row: z.ZodType<T>): (body: unknown) => VendorRows<T> {
  return parserOf(z.object({ data: rowsOf(endpoint, row) }).transform(({ data }) => data));
}

/** The end of a list is null by the spec, "" as recorded, and `meta` may be missing. */
const CursorMeta = z.object({ after: z.string().nullish() }).nullish();

function cursorParser<T>(endpoint: string, row: z.ZodType<T>): (body: unknown) => VendorCursorPage<T> {
  return parserOf(
    z
      .object({ data: rowsOf(endpoint, row), meta: CursorMeta })
      .transform(({ data, meta }) => ({ ...data, after: meta?.after || undefined })),
  );
}

/** The parse functions of LLM Observability, by the vendor's name of the operation. */
export const parsers = {
  ListLLMObsProjects: cursorParser('ListLLMObsProjects', Project),
  ListLLMObsDatasets: cursorParser('ListLLMObsDatasets', Dataset),
  ListLLMObsDatasetVersions: listParser('ListLLMObsDatasetVersions', DatasetVersion),
  ListLLMObsDatasetRecords: cursorParser('ListLLMObsDatasetRecords', DatasetRecord),
  GetLLMObsDatasetDraftState: parserOf(DraftState),
  ListLLMObsPrompts: listParser('ListLLMObsPrompts', Prompt),
  ListLLMObsPromptVersions: listParser('ListLLMObsPromptVersions', PromptVersionHeader),
  GetLLMObsPromptVersion: parserOf(z.object({ data: PromptVersion })),
} as const;
