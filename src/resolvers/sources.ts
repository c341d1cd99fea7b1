import type { Context } from '../context.ts';
import type { DatasetCapability } from '../domain/dataset.ts';
import { LockstepError } from '../domain/errors.ts';
import { encodeId, type GlobalId } from '../domain/identity.ts';
import { type SourceRateLimit, type SourceStatus, statusOf } from '../domain/source-status.ts';
import type { Vendor } from '../domain/vendor.ts';
import type { SourceSlot } from '../sources/source.ts';

export interface SourceView {
  readonly id: GlobalId;
  readonly vendor: Vendor;
  readonly datasetCapabilities: readonly DatasetCapability[];
  readonly sandbox: boolean;
  readonly slot: SourceSlot;
}

export interface SourceHealth {
  readonly status: SourceStatus;
  readonly statusReason: string | null;
}

export function listSources(context: Context): readonly SourceView[] {
  return context.slots.map((slot) => ({
    id: encodeId({ source: slot.key, kind: 'SOURCE', parts: [slot.vendor] }),
    vendor: slot.vendor,
    datasetCapabilities: slot.datasetCapabilities,
    sandbox: slot.sandbox,
    slot,
  }));
}

/** Asks the vendor the cheapest thing that shows that it answers these credentials. */
export async function sourceHealth({ slot }: SourceView): Promise<SourceHealth> {
  if (slot.source === undefined) {
    return { status: 'UNCONFIGURED', statusReason: slot.refusal?.message ?? null };
  }
  try {
    await slot.probe();
    return { status: 'UP', statusReason: null };
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return { status: statusOf(error), statusReason: error.message };
  }
}

/** What the vendor's headers last said to these credentials, else what is published. */
export async function sourceRateLimit({ slot }: SourceView): Promise<SourceRateLimit | null> {
  // A probe of this operation may be about to tell.
  await slot.probe().catch(() => undefined);
  return slot.seenRateLimit() ?? slot.source?.publishedRateLimit ?? null;
}
