import type { WriteTarget } from '../../changes/publisher.ts';
import type { OwnWrite } from '../../changes/settle.ts';
import type { Context } from '../../context.ts';
import { isKind, type ResourceKey } from '../../domain/identity.ts';
import type { WatchFacet } from '../../domain/watched-state.ts';
import { slotOf } from '../vendor-call.ts';
import { guardDraft, inTurn, readBase } from './write.ts';

type Watched = ResourceKey<'DATASET' | 'PROMPT'>;

function targetOf(
  context: Context,
  resource: Watched,
  facets: readonly WatchFacet[],
): WriteTarget | undefined {
  const slot = slotOf(context, resource);
  const { source, watchTarget } = slot;
  if (source === undefined || watchTarget === undefined) return undefined;
  return { scope: watchTarget.scope, facets, watch: source.watch, forget: () => slot.forget() };
}

/** The sides of a resource that a write of its content changes. */
export function versionsOf(resource: Watched): readonly WatchFacet[] {
  return [isKind(resource, 'DATASET') ? 'DATASET_VERSIONS' : 'PROMPT_VERSIONS'];
}

/** {@link inTurn}, and tells the change feed what it has done: `own` says what of that is its own. */
export function publishedInTurn<Result>(
  context: Context,
  resource: Watched,
  facets: readonly WatchFacet[],
  write: () => Promise<Result>,
  own: (result: Result) => OwnWrite,
): Promise<Result> {
  return inTurn(context, resource, () => {
    const target = targetOf(context, resource, facets);
    return target === undefined ? write() : context.changes.publisher.writing(target, resource, write, own);
  });
}

/**
 * Writes a dataset's next version: on the newest, which the caller expected, while nobody else holds the draft. Throws
 * VersionConflictError and DraftLockedError; nothing is written then.
 */
export function writeOnBase<Written extends { readonly versionRef: string | null }>(
  context: Context,
  dataset: ResourceKey<'DATASET'>,
  expectedRef: string | null | undefined,
  send: (base: string | null) => Promise<Written>,
  own: Pick<OwnWrite, 'restored'> = {},
): Promise<Written & { readonly dataset: ResourceKey<'DATASET'> }> {
  return publishedInTurn(
    context,
    dataset,
    versionsOf(dataset),
    async () => {
      await guardDraft(context, dataset);
      const base = await readBase(context, dataset, expectedRef);
      return { dataset, ...(await send(base)) };
    },
    ({ versionRef: ref }) => ({ ref, ...own }),
  );
}

/** Tells the change feed of a resource that was just made. */
export async function publishMade(context: Context, resource: Watched, ref?: string | null): Promise<void> {
  const target = targetOf(context, resource, versionsOf(resource));
  if (target !== undefined) await context.changes.publisher.made(target, resource, { ref });
}
