import type { Context } from '../context.ts';
import { InvalidInputError, NotFoundError, UnsupportedError } from '../domain/errors.ts';
import { parseIdOf, type ResourceKey } from '../domain/identity.ts';
import type { Json } from '../domain/json.ts';
import type { Prompt, PromptContent, PromptVersion } from '../domain/prompt.ts';
import { nameVendors, type Vendor } from '../domain/vendor.ts';
import type { PromptSource, PromptWants } from '../sources/source.ts';
import {
  type Connection,
  mergeInputs,
  type PageArguments,
  readConnection,
  readSingleConnection,
} from './connection.ts';
import { comparing } from './datasets.ts';
import { found, partOf, readSearch, readText, slotOf, slotsInPlay } from './vendor-call.ts';

export interface PromptFilterInput {
  readonly vendors?: readonly Vendor[] | null | undefined;
  readonly search?: string | null | undefined;
  readonly createdByVendorId?: string | null | undefined;
}

function promptSource(context: Context, key: ResourceKey): PromptSource {
  return partOf(context, key, 'prompts', (source) => source.prompts);
}

/** Prompts of all vendors in play, newest first by the newest date that each vendor tells. */
export async function listPrompts(
  context: Context,
  args: PageArguments & { readonly filter?: PromptFilterInput | null | undefined },
  wants: PromptWants,
): Promise<Connection<Prompt>> {
  const filter = args.filter ?? {};
  const author = filter.createdByVendorId ?? undefined;
  let slots = slotsInPlay(context, 'prompts', filter.vendors);
  if (author !== undefined) {
    const unable = slots.filter((slot) => slot.source?.prompts?.canFilterByAuthor === false);
    const first = unable[0];
    // An author is one vendor's own: without `vendors`, the vendors that know authors are meant.
    if (filter.vendors !== null && filter.vendors !== undefined && first !== undefined) {
      throw new UnsupportedError(
        first.vendor,
        `${nameVendors(unable.map((slot) => slot.vendor))} cannot list prompts by their author. Narrow \`filter.vendors\`, or leave out \`createdByVendorId\`.`,
      );
    }
    slots = slots.filter((slot) => !unable.includes(slot));
  }
  const search = readSearch(filter.search, ['filter', 'search']);
  const connection = await readConnection(context, {
    list: ['prompts', filter.vendors ?? null, search ?? null, author ?? null],
    page: args,
    inputs: mergeInputs(slots, async (source) =>
      source.prompts === undefined
        ? []
        : source.prompts.listPrompts({ search, createdByVendorId: author }, wants),
    ),
    keyOf: (prompt) => ({ sort: prompt.newestAt ?? '', id: prompt.id }),
    compare: comparing({ field: 'CREATED_AT', direction: 'DESC' }),
  });
  for (const prompt of connection.nodes) context.loaders.prompt.prime(prompt, prompt);
  return connection;
}

export async function getPrompt(context: Context, id: string): Promise<Prompt> {
  const key = parseIdOf('PROMPT', id, ['id']);
  return found(await context.loaders.prompt.load(key), key);
}

/** Whether what a read gave of a version is enough. */
function enough(version: PromptVersion | null, content: boolean): boolean {
  return version === null || !content || version.content !== undefined;
}

export async function latestPromptVersion(
  context: Context,
  prompt: Prompt,
  content: boolean,
): Promise<PromptVersion | null> {
  const known = prompt.latestVersion;
  if (known !== undefined && enough(known, content)) return known;
  return promptSource(context, prompt).latestVersion(prompt, content);
}

export async function currentPromptVersion(
  context: Context,
  prompt: Prompt,
  content: boolean,
): Promise<PromptVersion | null> {
  const known = prompt.currentVersion;
  if (known !== undefined && enough(known, content)) return known;
  return promptSource(context, prompt).currentVersion(prompt, content);
}

export async function listPromptVersions(
  context: Context,
  prompt: Prompt,
  page: PageArguments,
  content: boolean,
): Promise<Connection<PromptVersion>> {
  const stream = promptSource(context, prompt).listVersions(prompt, content);
  const slot = slotOf(context, prompt);
  return readSingleConnection(context, { list: ['promptVersions', prompt.id], page, slot, stream });
}

export async function promptVersion(
  context: Context,
  prompt: ResourceKey<'PROMPT'>,
  by: { readonly ref?: string | null | undefined; readonly number?: number | null | undefined },
): Promise<PromptVersion> {
  const which = readVersionChoice(by);
  const version = await promptSource(context, prompt).getVersion(prompt, which);
  if (version !== null) return version;
  const said = 'ref' in which ? JSON.stringify(which.ref.slice(0, 100)) : `number ${which.number}`;
  throw new NotFoundError(`This prompt has no version ${said}. \`versions\` lists those there are.`);
}

function readVersionChoice(by: {
  readonly ref?: string | null | undefined;
  readonly number?: number | null | undefined;
}): { readonly ref: string } | { readonly number: number } {
  const ref = by.ref ?? undefined;
  const number = by.number ?? undefined;
  if (ref !== undefined && number === undefined) return { ref: readText(ref, ['ref']) };
  if (number !== undefined && ref === undefined) return { number };
  throw new InvalidInputError('Give exactly one of `ref` and `number`.', [
    { path: ['ref'], message: 'exactly one of `ref` and `number`' },
  ]);
}

/** The version with content and config, read again when it was read without them. */
async function whole(context: Context, version: PromptVersion): Promise<PromptVersion> {
  return found(await context.loaders.promptVersion.load(version), version);
}

export async function promptVersionContent(
  context: Context,
  version: PromptVersion,
): Promise<PromptContent | null> {
  return version.content ?? (await whole(context, version)).content ?? null;
}

export async function promptVersionConfig(context: Context, version: PromptVersion): Promise<Json> {
  if (version.config !== undefined) return version.config;
  return (await whole(context, version)).config ?? null;
}

export async function promptVersionIsLatest(
  context: Context,
  version: PromptVersion,
): Promise<boolean | null> {
  if (version.isLatest !== null) return version.isLatest;
  const prompt = await context.loaders.prompt.load(version.prompt);
  if (prompt === null) return null;
  return (await latestPromptVersion(context, prompt, false))?.ref === version.ref;
}

/** The version that was just written, by its ref; null when that is not known. */
export async function publishedVersion(
  context: Context,
  prompt: ResourceKey<'PROMPT'>,
  ref: string | null,
): Promise<PromptVersion | null> {
  return ref === null ? null : promptVersion(context, prompt, { ref });
}
