import type { WriteTarget } from '../../changes/publisher.ts';
import type { OwnWrite } from '../../changes/settle.ts';
import type { Context } from '../../context.ts';
import { isKind, type ResourceKey } from '../../domain/identity.ts';
import type { WatchFacet } from '../../domain/watched-state.ts';
import { slotOf } from '../vendor-call.ts';
import { inTurn } from './write.ts';

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

/** Tells the change feed of a resource that was just made. */
export async function publishMade(context: Context, resource: Watched, ref?: string | null): Promise<void> {
  const target = targetOf(context, resource, versionsOf(resource));
  if (target !== undefined) await context.changes.publisher.made(target, resource, { ref });
}
