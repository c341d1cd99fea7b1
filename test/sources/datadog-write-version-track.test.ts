import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VersionTrack } from '../../src/sources/datadog/version-track.ts';

const Batch = fc.record({
  /** Versions that somebody else makes before the look, after it, and after the write. */
  beforeLook: fc.nat(1),
  beforeWrite: fc.nat(1),
  afterWrite: fc.nat(1),
  makesVersion: fc.boolean(),
  lookFails: fc.boolean(),
});

it('never misses a version of others, and never names one of theirs as ours', () => {
  fc.assert(
    fc.property(
      fc.nat(5),
      fc.boolean(),
      fc.array(Batch, { minLength: 1, maxLength: 6 }),
      (base, isTold, batches) => {
        // Batches that make versions come first, as they are sent.
        const sent = batches.toSorted(
          (left, right) => Number(right.makesVersion) - Number(left.makesVersion),
        );
        const owners: ('ours' | 'theirs')[] = Array.from({ length: base + 1 }, () => 'ours');
        const intrude = (times: number): void => {
          for (let time = 0; time < times; time += 1) owners.push('theirs');
        };
        const newest = (): number => owners.length - 1;
        const track = new VersionTrack(base);
        let intruded = false;
        sent.forEach(({ beforeLook, beforeWrite, afterWrite, makesVersion, lookFails }, index) => {
          intrude(beforeLook);
          if (index > 0) track.looked(lookFails ? undefined : newest());
          const seenBefore = newest();
          intrude(beforeWrite);
          const asNew = track.needsNew;
          if (!asNew) expect(owners[seenBefore]).toBe('ours');
          if (asNew && makesVersion) owners.push('ours');
          intruded ||= beforeLook + beforeWrite > 0;
          const told = newest();
          intrude(isTold ? 0 : afterWrite);
          // Where the look fails and so does the read-back, what happened cannot be known.
          track.wrote({ asNew, makesVersion, told: isTold ? told : undefined, seen: newest() });
        });
        if (intruded) expect(track.concurrentRef).not.toBeNull();
        if (track.versionRef !== null) expect(owners[Number(track.versionRef)]).toBe('ours');
        if (!owners.includes('theirs')) expect(track.concurrentRef).toBeNull();
      },
    ),
    { numRuns: 2_000 },
  );
});
