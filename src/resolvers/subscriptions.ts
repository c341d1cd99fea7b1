import type { Interest } from '../changes/feed.ts';
import { watchableOf } from '../changes/watchable.ts';
import type { WatchStats } from '../changes/watchers.ts';
import type { Context } from '../context.ts';
import type { DraftLockChanged, FeedEvent, VersionChanged } from '../domain/change.ts';
import type { Dataset, DatasetVersion, DraftLock } from '../domain/dataset.ts';
import { InvalidInputError, LockstepError, NotFoundError, UnsupportedError } from '../domain/errors.ts';
import { isKind, parseId, parseIdOf, type ResourceKey } from '../domain/identity.ts';
import type { Prompt, PromptVersion } from '../domain/prompt.ts';
import { nameVendors, vendorNames } from '../domain/vendor.ts';
import { type WatchFacet, watchFacets } from '../domain/watched-state.ts';
import { asSeenBy, datasetVersion } from './dataset-fields.ts';
import { promptVersion } from './prompts.ts';
import { listSources, type SourceView } from './sources.ts';
import { connected, found, slotOf } from './vendor-call.ts';

export type { WatchStats };

type Watched = ResourceKey<'DATASET' | 'PROMPT'>;

/** The sides of a resource that a subscription is about. */
interface Request {
  readonly ids: readonly string[];
  /** The argument that the ids came in. */
  readonly argument: string;
  readonly facets: readonly WatchFacet[];
  readonly after: string | null | undefined;
}

const facetNames: Readonly<Record<WatchFacet, string>> = {
  DRAFT_LOCK: 'draft lock',
  DATASET_VERSIONS: 'versions of datasets',
  PROMPT_VERSIONS: 'versions of prompts',
};

function isOfFacet(key: Watched, facet: WatchFacet): boolean {
  return (facet === 'PROMPT_VERSIONS') === isKind(key, 'PROMPT');
}

/** What is watched of one resource. Throws UnsupportedError where its vendor has nothing of what is asked. */
function interestsIn(context: Context, resource: Watched, facets: readonly WatchFacet[]): Interest[] {
  const slot = slotOf(context, resource);
  const { watch } = connected(slot);
  const target = slot.watchTarget;
  const asked = facets.filter((facet) => isOfFacet(resource, facet));
  const interests: Interest[] = [];
  for (const facet of asked) {
    if (target !== undefined && watchableOf(watch, facet) !== undefined) {
      interests.push({ target, watch, facet, resource });
    }
  }
  if (interests.length > 0) return interests;
  const what = asked.map((facet) => facetNames[facet]).join(' and ');
  const able = context.slots.filter(({ source }) =>
    asked.some((facet) => source !== undefined && watchableOf(source.watch, facet) !== undefined),
  );
  const who =
    able.length === 0 ? 'No configured vendor has.' : `${nameVendors(able.map((s) => s.vendor))} can.`;
  throw new UnsupportedError(slot.vendor, `${vendorNames[slot.vendor]} has no ${what} to watch. ${who}`);
}

/** Failures that say nothing about whether a caller may know of a thing: it is found out when the vendor answers. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof LockstepError &&
    ['SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT', 'RATE_LIMITED', 'SOURCE_CONTRACT_VIOLATION'].includes(error.code)
  );
}

/** Throws NotFoundError, or the vendor's own refusal, for what the caller's credentials may not read. */
async function mayWatch(context: Context, interests: readonly Interest[]): Promise<void> {
  const [first] = interests;
  if (first === undefined) return;
  const { feed } = context.changes;
  // What these very credentials have seen already may be told of to the end, its deletion included.
  const known = await Promise.all(interests.map((interest) => feed.isKnown(interest)));
  if (known.includes(true)) return;
  const { resource } = first;
  try {
    if (isKind(resource, 'DATASET')) found(await context.loaders.dataset.load(resource), resource);
    else if (isKind(resource, 'PROMPT')) found(await context.loaders.prompt.load(resource), resource);
  } catch (error) {
    if (!isPassing(error)) throw error;
  }
}

function readKeys({ ids, argument, facets }: Request, most: number): Watched[] {
  if (ids.length === 0 || ids.length > most) {
    const message = `takes 1 to ${most} ids, and ${ids.length} were given`;
    throw new InvalidInputError(`\`${argument}\` ${message}.`, [{ path: [argument], message }]);
  }
  const keys = new Map<string, Watched>();
  for (const [index, id] of ids.entries()) {
    const path = [argument, String(index)];
    const key = readKey(id, path, facets);
    keys.set(key.id, key);
  }
  return [...keys.values()];
}

function readKey(id: string, path: readonly string[], facets: readonly WatchFacet[]): Watched {
  if (!facets.includes('PROMPT_VERSIONS')) return parseIdOf('DATASET', id, path);
  if (facets.length === 1) return parseIdOf('PROMPT', id, path);
  const key = parseId(id, path);
  if (isKind(key, 'DATASET') || isKind(key, 'PROMPT')) return key;
  throw new InvalidInputError(`A ${key.address.kind} cannot be watched: datasets and prompts can.`, [
    { path, message: `is the id of a ${key.address.kind}, not of a dataset or prompt`, code: 'WRONG_KIND' },
  ]);
}

async function follow(context: Context, request: Request): Promise<AsyncIterable<FeedEvent>> {
  const { feed, resumeAfter, signal } = context.changes;
  const keys = readKeys(request, context.limits.maxWatchedIds);
  const interests = keys.map((key) => interestsIn(context, key, request.facets));
  // Before anything is read for it: what the caller has not seen must not be taken for seen.
  const place = await feed.place(interests.flat(), resumeAfter ?? request.after ?? undefined);
  await Promise.all(interests.map((one) => mayWatch(context, one)));
  return feed.subscribe(interests.flat(), place, signal);
}

/** The cursor that was taken before this operation; throws why there is none. */
export function changeCursor({ cursor, cursorFailure }: Context['changes']): string | null {
  if (cursorFailure !== undefined) throw cursorFailure;
  return cursor ?? null;
}

interface After {
  readonly after?: string | null | undefined;
}

export function draftLockChanged(context: Context, args: After & { readonly datasetIds: readonly string[] }) {
  const { datasetIds: ids, after } = args;
  return follow(context, { ids, argument: 'datasetIds', facets: ['DRAFT_LOCK'], after });
}

export function datasetVersionChanged(
  context: Context,
  args: After & { readonly datasetIds: readonly string[] },
) {
  const { datasetIds: ids, after } = args;
  return follow(context, { ids, argument: 'datasetIds', facets: ['DATASET_VERSIONS'], after });
}

export function promptVersionChanged(
  context: Context,
  args: After & { readonly promptIds: readonly string[] },
) {
  const { promptIds: ids, after } = args;
  return follow(context, { ids, argument: 'promptIds', facets: ['PROMPT_VERSIONS'], after });
}

export function allChanges(context: Context, args: After & { readonly resourceIds: readonly string[] }) {
  const { resourceIds: ids, after } = args;
  return follow(context, { ids, argument: 'resourceIds', facets: watchFacets, after });
}

/** What is gone is null: an event is delivered all the same. */
async function unlessGone<Value>(read: Promise<Value>): Promise<Value | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}

export function changedDataset(context: Context, key: ResourceKey<'DATASET'>): Promise<Dataset | null> {
  return context.loaders.dataset.load(key);
}

export function changedPrompt(context: Context, key: ResourceKey<'PROMPT'>): Promise<Prompt | null> {
  return context.loaders.prompt.load(key);
}

export async function changedDatasetVersion(
  context: Context,
  { resource, versionRef }: VersionChanged<'DATASET'>,
): Promise<DatasetVersion | null> {
  if (versionRef === null) return null;
  return unlessGone(datasetVersion(context, resource, versionRef));
}

export async function changedPromptVersion(
  context: Context,
  { resource, versionRef }: VersionChanged<'PROMPT'>,
): Promise<PromptVersion | null> {
  if (versionRef === null) return null;
  return unlessGone(promptVersion(context, resource, { ref: versionRef }));
}

/** A lock as the reader of an event sees it. */
export function lockInEvent(
  context: Context,
  { dataset }: DraftLockChanged,
  lock: DraftLock | null,
): DraftLock | null {
  return lock === null ? null : asSeenBy(context, dataset, lock);
}

export function sourceOfStatus(context: Context, source: string): SourceView | null {
  return listSources(context).find(({ slot }) => slot.key === source) ?? null;
}

/** What is looked at for subscribers with the credentials in use; null where there are none. */
export function watchingOf({ changes }: Context, { slot }: SourceView): WatchStats | null {
  return slot.watchTarget === undefined ? null : changes.watchers.stats(slot.watchTarget.scope, slot.key);
}
