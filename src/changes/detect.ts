import type { DraftLockChanged, VersionAction, VersionChanged } from '../domain/change.ts';
import type { DraftLock } from '../domain/dataset.ts';
import { isSameMoment } from '../domain/instant.ts';
import type { DeploymentMark, DraftLockState, VersionMark, VersionsState } from '../domain/watched-state.ts';

/*
 * What happened between two looks, as its net effect. Pure: the same two states always give the same changes. What
 * one of the two does not tell is no change.
 */

type Unfiled<Change> = Change extends unknown
  ? Omit<Change, 'origin' | 'dataset' | 'resource' | 'kind'>
  : never;
export type LockStep = Unfiled<DraftLockChanged>;
export type VersionStep = Unfiled<VersionChanged<'DATASET'>>;

function isSameLock(left: DraftLock | null, right: DraftLock | null): boolean {
  if (left === null || right === null) return left === right;
  const [a, b] = [left.holder, right.holder];
  return (
    left.kind === right.kind &&
    a.vendorId === b.vendorId &&
    // Where the vendor tells no id, a person is who they are called.
    (a.vendorId !== null || (a.name === b.name && a.email === b.email)) &&
    isSameMoment(left.since, right.since)
  );
}

export function detectLock(before: DraftLockState, after: DraftLockState): LockStep[] {
  if (isSameLock(before.lock, after.lock)) return [];
  return [{ previous: before.lock, current: after.lock }];
}

function step(
  action: VersionAction,
  previousRef: string | null,
  versionRef: string | null,
  environment: VersionStep['environment'] = null,
): VersionStep {
  return { action, previousRef, versionRef, environment };
}

/** Versions that `after` has and `before` had not, oldest first, the newest among them in any case. */
function made(before: VersionsState, after: VersionsState): string[] {
  if (after.latest === null) return [];
  const { ref: latest, number: newest } = after.latest;
  const listed = after.versions?.map(({ ref }) => ref) ?? [];
  if (before.versions !== undefined && before.complete && after.versions !== undefined) {
    const known = new Set(before.versions.map(({ ref }) => ref));
    return listed.filter((ref) => !known.has(ref));
  }
  if (before.latest?.ref === latest) return [];
  const base = before.latest?.number ?? null;
  // A number that does not grow is a history that began anew.
  const goesOn = base === null || newest === null || newest > base;
  const since = goesOn ? (after.versions ?? []).filter((version) => isNewer(version, before)) : [];
  const refs = since.map(({ ref }) => ref).filter((ref) => ref !== latest);
  return [...refs, latest];
}

function isNewer({ ref, number }: VersionMark, { latest }: VersionsState): boolean {
  if (latest === null) return true;
  // Without numbers it cannot be told which of them are new: the newest alone is.
  return number !== null && latest.number !== null && number > latest.number && ref !== latest.ref;
}

function sameLabels(left: VersionMark, right: VersionMark): boolean {
  if (left.labels === null || right.labels === null) return true;
  const labels = new Set(left.labels);
  return labels.size === new Set(right.labels).size && right.labels.every((label) => labels.has(label));
}

function changedMarks(before: VersionsState, after: VersionsState): VersionStep[] {
  if (before.versions === undefined || after.versions === undefined) return [];
  const known = new Map(before.versions.map((version) => [version.ref, version]));
  const steps: VersionStep[] = [];
  for (const version of after.versions) {
    const was = known.get(version.ref);
    if (was === undefined) continue;
    if (was.name !== version.name || was.description !== version.description) {
      steps.push(step('UPDATED', version.ref, version.ref));
    }
    if (!sameLabels(was, version)) steps.push(step('LABELED', version.ref, version.ref));
  }
  return steps;
}

function byEnvironment(marks: readonly DeploymentMark[]): Map<string, DeploymentMark> {
  return new Map(marks.map((mark) => [mark.environmentId, mark]));
}

function moved(before: VersionsState, after: VersionsState): VersionStep[] {
  if (before.deployments === undefined || after.deployments === undefined) return [];
  const [were, are] = [byEnvironment(before.deployments), byEnvironment(after.deployments)];
  const steps: VersionStep[] = [];
  for (const [id, { environmentId, environmentName, ref }] of are) {
    const was = were.get(id)?.ref ?? null;
    if (was !== ref) steps.push(step('DEPLOYED', was, ref, { id: environmentId, name: environmentName }));
  }
  for (const [id, { environmentId, environmentName, ref }] of were) {
    if (!are.has(id)) steps.push(step('UNDEPLOYED', ref, null, { id: environmentId, name: environmentName }));
  }
  return steps;
}

function removed(before: VersionsState, after: VersionsState): VersionStep[] {
  if (before.versions === undefined || after.versions === undefined || !after.complete) return [];
  const left = new Set(after.versions.map(({ ref }) => ref));
  return before.versions.filter(({ ref }) => !left.has(ref)).map(({ ref }) => step('DELETED', ref, null));
}

/** `gone`: what it is called when the whole resource is no longer there. */
export function detectVersions(
  before: VersionsState,
  after: VersionsState,
  gone: 'DELETED' | 'ARCHIVED',
): VersionStep[] {
  if (!after.exists) return before.exists ? [step(gone, before.latest?.ref ?? null, null)] : [];
  const steps: VersionStep[] = [];
  if (before.exists && isAnew(before, after)) steps.push(step(gone, before.latest?.ref ?? null, null));
  let previous = steps.length === 0 ? (before.latest?.ref ?? null) : null;
  for (const ref of made(before, after)) {
    steps.push(step('CREATED', previous, ref));
    previous = ref;
  }
  return [...steps, ...changedMarks(before, after), ...moved(before, after), ...removed(before, after)];
}

/** Whether another resource has taken the place: its versions count from the beginning again. */
function isAnew({ latest: before }: VersionsState, { latest: after, complete }: VersionsState): boolean {
  if (complete || before === null || after === null || before.ref === after.ref) return false;
  return before.number !== null && after.number !== null && after.number <= before.number;
}

/** What is known after a look: what it did not tell is as it was, where that can still be. */
export function merge(before: VersionsState | undefined, after: VersionsState): VersionsState {
  if (before === undefined || before.latest?.ref !== after.latest?.ref) return after;
  return {
    ...after,
    versions: after.versions ?? before.versions,
    complete: after.versions === undefined ? before.complete : after.complete,
    deployments: after.deployments ?? before.deployments,
  };
}
