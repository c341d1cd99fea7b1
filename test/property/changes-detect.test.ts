import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectLock, detectVersions, merge, type VersionStep } from '../../src/changes/detect.ts';
import type { DraftLock } from '../../src/domain/dataset.ts';
import type { GlobalId } from '../../src/domain/identity.ts';
import type { Instant } from '../../src/domain/instant.ts';
import { goneVersions, type VersionMark, type VersionsState } from '../../src/domain/watched-state.ts';

const environments = ['production', 'staging', 'dev'];

interface Change {
  readonly what: 'make' | 'rename' | 'delete' | 'deploy' | 'undeploy';
  readonly which: number;
  readonly where: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  what: fc.constantFrom('make', 'rename', 'delete', 'deploy', 'undeploy'),
  which: fc.nat(50),
  where: fc.nat(2),
});

/** A vendor whose versions are numbered through all changes, so that no ref ever comes again. */
class Vendor {
  versions: VersionMark[] = [];
  readonly deployed = new Map<string, string>();
  #made = 0;

  apply({ what, which, where }: Change): void {
    const environment = environments[where] ?? 'production';
    const version = this.versions[which % Math.max(1, this.versions.length)];
    if (what === 'make') {
      this.#made += 1;
      this.versions.push({
        ref: `v${this.#made}`,
        number: null,
        name: null,
        description: null,
        labels: null,
      });
    } else if (what === 'undeploy') {
      this.deployed.delete(environment);
    } else if (version !== undefined) {
      if (what === 'deploy') this.deployed.set(environment, version.ref);
      if (what === 'rename') {
        this.versions = this.versions.map((one) => (one === version ? { ...one, name: `n${which}` } : one));
      }
      if (what === 'delete' && ![...this.deployed.values()].includes(version.ref)) {
        this.versions = this.versions.filter((one) => one !== version);
      }
    }
  }

  get state(): VersionsState {
    const latest = this.versions.at(-1);
    return {
      exists: true,
      latest: latest === undefined ? null : { ref: latest.ref, number: latest.number },
      versions: this.versions,
      complete: true,
      deployments: Array.from(this.deployed, ([name, ref]) => ({
        environmentId: name as GlobalId, // Any text will do for an id here.
        environmentName: name,
        ref,
      })),
    };
  }
}

/** What a follower knows who is told the steps: refs in order, and what stands where. */
function follow(state: VersionsState, steps: readonly VersionStep[]) {
  const refs = new Set((state.versions ?? []).map(({ ref }) => ref));
  const deployed = new Map((state.deployments ?? []).map((mark) => [mark.environmentName, mark.ref]));
  for (const { action, previousRef, versionRef, environment } of steps) {
    if (action === 'CREATED' && versionRef !== null) refs.add(versionRef);
    if (action === 'DELETED' && previousRef !== null) refs.delete(previousRef);
    if (environment === null) continue;
    expect(previousRef).toBe(deployed.get(environment.name) ?? null);
    if (versionRef === null) deployed.delete(environment.name);
    else deployed.set(environment.name, versionRef);
  }
  return { refs: [...refs].sort(), deployed: [...deployed].sort() };
}

describe('the net effect of what happened between two looks', () => {
  it('leads whoever follows it from the state before to the state after', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.array(change, { maxLength: 30 }), (first, then) => {
        const vendor = new Vendor();
        for (const one of first) vendor.apply(one);
        const before = vendor.state;
        for (const one of then) vendor.apply(one);
        const after = vendor.state;
        const steps = detectVersions(before, after, 'DELETED');
        expect(follow(before, steps)).toEqual(follow(after, []));
        const renamed = steps.filter(({ action }) => action === 'UPDATED').map((step) => step.versionRef);
        const names = new Map(before.versions?.map((version) => [version.ref, version.name]));
        const expected = after.versions?.filter(({ ref, name }) => names.has(ref) && names.get(ref) !== name);
        expect(renamed).toEqual(expected?.map(({ ref }) => ref));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is nothing where nothing happened, however little a look tells', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const vendor = new Vendor();
        for (const one of changes) vendor.apply(one);
        const { state } = vendor;
        const little: VersionsState = {
          ...state,
          versions: undefined,
          complete: false,
          deployments: undefined,
        };
        expect(detectVersions(state, state, 'DELETED')).toEqual([]);
        expect(detectVersions(state, little, 'DELETED')).toEqual([]);
        expect(detectVersions(merge(state, little), state, 'DELETED')).toEqual([]);
        expect(detectVersions(goneVersions, goneVersions, 'DELETED')).toEqual([]);
      }),
    );
  });

  it('is one version after another where the vendor counts them, and a jump where it does not list them', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.integer({ min: 1, max: 20 }), fc.boolean(), (base, more, lists) => {
        const at = (number: number, listed: readonly number[] | undefined): VersionsState => ({
          exists: true,
          latest: { ref: String(number), number },
          versions: listed?.map((one) => ({
            ref: String(one),
            number: one,
            name: null,
            description: null,
            labels: null,
          })),
          complete: false,
          deployments: undefined,
        });
        const numbers = Array.from({ length: more }, (_, index) => base + index + 1);
        const steps = detectVersions(
          at(base, undefined),
          at(base + more, lists ? numbers : undefined),
          'DELETED',
        );
        const expected = lists
          ? numbers.map((number) => [String(number - 1), String(number)])
          : [[String(base), String(base + more)]];
        expect(steps.map(({ previousRef, versionRef }) => [previousRef, versionRef])).toEqual(expected);
      }),
    );
  });

  it('tells of a prompt that was archived and made anew', () => {
    const at = (ref: string, number: number): VersionsState => ({
      exists: true,
      latest: { ref, number },
      versions: undefined,
      complete: false,
      deployments: undefined,
    });
    expect(detectVersions(at('a3', 3), at('b1', 1), 'ARCHIVED')).toEqual([
      { action: 'ARCHIVED', previousRef: 'a3', versionRef: null, environment: null },
      { action: 'CREATED', previousRef: null, versionRef: 'b1', environment: null },
    ]);
    expect(detectVersions(at('a3', 3), goneVersions, 'ARCHIVED')).toEqual([
      { action: 'ARCHIVED', previousRef: 'a3', versionRef: null, environment: null },
    ]);
  });
});

describe('the net effect on a draft lock', () => {
  const lock: fc.Arbitrary<DraftLock | null> = fc.option(
    fc.record({
      holder: fc.record({
        vendorId: fc.constantFrom('u1', 'u2'),
        name: fc.constantFrom('Ada', 'Ben'),
        email: fc.constant(null),
        handle: fc.constant(null),
        iconUrl: fc.constant(null),
        details: fc.constant(null),
      }),
      // One moment, as it is shown with more and with fewer digits, and another.
      since: fc.constantFrom(
        '2026-01-01T10:00:00.123456789Z' as Instant,
        '2026-01-01T10:00:00.123456Z' as Instant,
        '2026-01-01T11:00:00Z' as Instant,
      ),
      heldByCaller: fc.constant(null),
      kind: fc.constant('VENDOR' as const),
    }),
  );

  it('is one step from who held it to who holds it, or none', () => {
    fc.assert(
      fc.property(lock, lock, (previous, current) => {
        const steps = detectLock({ lock: previous }, { lock: current });
        const sameHolder = previous?.holder.vendorId === current?.holder.vendorId;
        const sameHour = previous?.since?.slice(0, 13) === current?.since?.slice(0, 13);
        expect(steps).toEqual(sameHolder && sameHour ? [] : [{ previous, current }]);
      }),
    );
  });
});
