import type { Context } from '../../context.ts';
import { standsFor } from '../../coordination/draft-leases.ts';
import type { DraftLock } from '../../domain/dataset.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { WatchFacet } from '../../domain/watched-state.ts';
import { DraftLockedError } from '../../domain/write-errors.ts';
import { asSeenBy, draftLock } from '../dataset-fields.ts';
import { leasedLock } from '../leased-lock.ts';
import { slotOf } from '../vendor-call.ts';
import { publishedInTurn } from './published.ts';
import { datasetKey, datasetWriter, write } from './write.ts';

const lockOnly: readonly WatchFacet[] = ['DRAFT_LOCK'];

export interface DraftInput {
  readonly datasetId: string;
}

/** The scope of credentials that callers share, and leases tell them apart by; undefined for a caller's own. */
function sharedScope(context: Context, dataset: ResourceKey<'DATASET'>): string | undefined {
  const { ofCaller, watchTarget } = slotOf(context, dataset);
  return ofCaller ? undefined : watchTarget?.scope;
}

/** Throws DraftLockedError when another of this gateway's callers has the draft. */
async function guardLease(context: Context, dataset: ResourceKey<'DATASET'>): Promise<void> {
  const { leases } = context.coordination;
  const scope = sharedScope(context, dataset);
  const ofOthers = (await leases.all(dataset)).filter(({ holder }) => holder.id !== context.caller.id);
  if (scope === undefined || ofOthers.length === 0) return;
  const lock = await draftLock(context, dataset);
  const shared = ofOthers.find((lease) => lease.scope === scope);
  if (lock?.kind === 'GATEWAY') {
    if (lock.heldByCaller === true || shared === undefined) return;
    throw new DraftLockedError(
      `${shared.holder.name} is editing the draft through this gateway since ${shared.since}. Wait until it is released, or ask them.`,
      lock,
    );
  }
  if (shared !== undefined) await leases.release(scope, dataset);
  // Credentials of other callers may be other keys of the same user, whom the vendor would let in: who they are stays
  // untold, and the vendor's own lock is what is shown.
  const self = slotOf(context, dataset).self();
  const isSelf = self === undefined || self === lock?.holder.vendorId;
  if (lock === null || !isSelf || !ofOthers.some((lease) => standsFor(lease, lock))) return;
  throw new DraftLockedError(
    'Somebody with other credentials of the same user is editing the draft through this gateway. Wait until it is released.',
    lock,
  );
}

export function lockDraft(context: Context, input: DraftInput) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const lock = datasetWriter(context, dataset, 'draft lock', (writer) => writer.lock);
    return publishedInTurn(
      context,
      dataset,
      lockOnly,
      async () => {
        await guardLease(context, dataset);
        const slot = slotOf(context, dataset);
        const taken = await lock(dataset, slot.self());
        if (taken.holder.vendorId !== null) slot.learnSelf(taken.holder.vendorId);
        return { dataset, lock: await leased(context, dataset, taken) };
      },
      () => ({}),
    );
  });
}

/** With shared credentials the vendor's lock is all callers'; the lease says whose it is. */
async function leased(
  context: Context,
  dataset: ResourceKey<'DATASET'>,
  taken: DraftLock,
): Promise<DraftLock> {
  const { leases } = context.coordination;
  const scope = sharedScope(context, dataset);
  if (scope === undefined) return { ...taken, heldByCaller: true };
  const lease = await leases.take(scope, dataset, context.caller, taken);
  return asSeenBy(context, dataset, leasedLock(lease));
}

export function unlockDraft(context: Context, input: DraftInput) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const unlock = datasetWriter(context, dataset, 'draft lock', (writer) => writer.unlock);
    return publishedInTurn(
      context,
      dataset,
      lockOnly,
      async () => {
        await guardLease(context, dataset);
        await unlock(dataset, slotOf(context, dataset).self());
        const scope = sharedScope(context, dataset);
        if (scope !== undefined) await context.coordination.leases.release(scope, dataset);
        return { dataset };
      },
      () => ({}),
    );
  });
}
