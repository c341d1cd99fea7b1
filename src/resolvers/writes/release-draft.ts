import type { Publisher } from '../../changes/publisher.ts';
import type { Coordination } from '../../context.ts';
import { type DraftLease, standsFor } from '../../coordination/draft-leases.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { SourceSlot } from '../../sources/source.ts';

/** What a lease that has ended is released with. */
export interface ReleaseOptions {
  readonly coordination: Coordination;
  readonly publisher: Publisher;
  /** The vendors with the credentials that took the lease. */
  readonly slots: () => readonly SourceSlot[];
}

/** Releases the vendor's lock that a lease stood for. */
export function releaseDraft(
  { coordination, publisher, slots }: ReleaseOptions,
  dataset: ResourceKey<'DATASET'>,
  lease: DraftLease,
): Promise<void> {
  return coordination.mutex.run(dataset.id, async () => {
    // A caller may have taken it again while this waited, perhaps with other credentials of the same user.
    const taken = await coordination.leases.all(dataset);
    if (taken.some(({ vendorLock }) => standsFor(lease, vendorLock))) return;
    const slot = slots().find((candidate) => candidate.key === dataset.address.source);
    const { source, watchTarget } = slot ?? {};
    const unlock = source?.datasets?.writer?.unlock;
    if (source === undefined || watchTarget === undefined || unlock === undefined) return;
    // One that the user of these credentials has taken anew at the vendor is not the gateway's to release.
    if (!standsFor(lease, (await source.datasets?.draftLock?.(dataset)) ?? null)) return;
    const { watch } = source;
    const target = {
      scope: watchTarget.scope,
      facets: ['DRAFT_LOCK'] as const,
      watch,
      forget: () => slot?.forget(),
    };
    await publisher.writing(
      target,
      dataset,
      () => unlock(dataset, slot?.self()),
      () => ({}),
    );
  });
}
