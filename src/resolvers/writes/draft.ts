import type { Context } from '../../context.ts';
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

/** Throws DraftLockedError when another of this gateway's callers has the draft. */
async function guardLease(context: Context, dataset: ResourceKey<'DATASET'>): Promise<void> {
  const { leases } = context.coordination;
  const lease = leases.get(dataset);
  if (lease === undefined || slotOf(context, dataset).ofCaller || lease.holder.id === context.caller.id) {
    return;
  }
  const lock = await draftLock(context, dataset);
  if (lock?.kind !== 'GATEWAY') {
    leases.release(dataset);
    return;
  }
  throw new DraftLockedError(
    `${lease.holder.name} is editing the draft through this gateway since ${lease.since}. Wait until it is released, or ask them.`,
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
        return { dataset, lock: leased(context, dataset, taken) };
      },
      () => ({}),
    );
  });
}

/** With shared credentials the vendor's lock is all callers'; the lease says whose it is. */
function leased(context: Context, dataset: ResourceKey<'DATASET'>, taken: DraftLock): DraftLock {
  const { leases } = context.coordination;
  if (slotOf(context, dataset).ofCaller) return { ...taken, heldByCaller: true };
  const lease = leases.take(dataset, context.caller, taken);
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
        const slot = slotOf(context, dataset);
        await unlock(dataset, slot.self());
        if (!slot.ofCaller) context.coordination.leases.release(dataset);
        return { dataset };
      },
      () => ({}),
    );
  });
}
