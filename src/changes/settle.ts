import type { ChangeOrigin, ResourceChange, VersionChanged } from '../domain/change.ts';
import { isKind, type ResourceKey } from '../domain/identity.ts';
import {
  type DraftLockState,
  goneState,
  type VersionsState,
  type WatchedState,
  type WatchFacet,
} from '../domain/watched-state.ts';
import type { ChangeLog, KnownState, LeaseToken } from './change-log.ts';
import { detectLock, detectVersions, merge, type VersionStep } from './detect.ts';
import { topicKey } from './topic.ts';
import { markOf } from './write-marks.ts';

/** What one write through this gateway has done, so that its changes can be told from others seen with them. */
export interface OwnWrite {
  /** The version that it made or moved. */
  readonly ref?: string | null | undefined;
  readonly environmentId?: string | undefined;
  /** Whether that version was made by a restore. */
  readonly restored?: boolean | undefined;
  /** Whether it took away what is gone: the resource, or the version `ref`. */
  readonly removed?: boolean | undefined;
}

export interface Seen {
  readonly scope: string;
  readonly facet: WatchFacet;
  readonly resource: ResourceKey<'DATASET' | 'PROMPT'>;
  /** Undefined: there is no such resource. */
  readonly state: WatchedState | undefined;
  readonly asOf: number;
  /** What was known when the look began. */
  readonly known: KnownState | undefined;
  /** Left out where nothing of it was written through this gateway. */
  readonly own?: OwnWrite | undefined;
  /** Whether it was seen by whoever writes it. */
  readonly isWriter?: true | undefined;
  /** By what lease it was watched, where instances share that. */
  readonly lease?: LeaseToken | undefined;
  /** What it was before, where nothing was known: all that is there now has come about since. */
  readonly before?: WatchedState | undefined;
}

export interface Settled {
  /** False when another state is known by now: look again. */
  readonly accepted: boolean;
  readonly changes: number;
}

function isLock(state: WatchedState): state is DraftLockState {
  return 'lock' in state;
}

function stepOfOwn(step: VersionStep, own: OwnWrite): boolean {
  switch (step.action) {
    case 'UNDEPLOYED':
      return own.environmentId !== undefined && step.environment?.id === own.environmentId;
    case 'DELETED':
    case 'ARCHIVED':
      return own.removed === true && (own.ref === undefined || own.ref === step.previousRef);
    default:
      return own.ref !== undefined && own.ref !== null && step.versionRef === own.ref;
  }
}

function fileVersions(
  resource: ResourceKey<'DATASET' | 'PROMPT'>,
  steps: readonly VersionStep[],
  own: OwnWrite | undefined,
): VersionChanged<'DATASET' | 'PROMPT'>[] {
  const kind = isKind(resource, 'DATASET') ? 'DATASET_VERSION' : 'PROMPT_VERSION';
  return steps.map((step) => {
    const origin: ChangeOrigin = own !== undefined && stepOfOwn(step, own) ? 'GATEWAY' : 'VENDOR';
    return { ...step, kind, origin, resource };
  });
}

/** A vendor shows a restore as a version made, or, where equal content is the old version again, as no version at all. */
function withRestore(
  steps: readonly VersionStep[],
  before: VersionsState | undefined,
  own: OwnWrite | undefined,
): readonly VersionStep[] {
  const ref = own?.ref ?? undefined;
  if (own?.restored !== true || ref === undefined) return steps;
  const isMade = ({ action, versionRef }: VersionStep): boolean => action === 'CREATED' && versionRef === ref;
  if (steps.some(isMade)) return steps.map((step) => (isMade(step) ? { ...step, action: 'RESTORED' } : step));
  const previousRef = before?.latest?.ref ?? null;
  if (previousRef === ref && steps.length === 0) return steps;
  return [{ action: 'RESTORED', previousRef, versionRef: ref, environment: null }, ...steps];
}

/** Tells the log what was seen, with what has changed since the last time. */
export async function settle(log: ChangeLog, seen: Seen): Promise<Settled> {
  const { scope, facet, resource, known, asOf, own, lease, isWriter } = seen;
  const before = known?.state ?? seen.before;
  const after = seen.state ?? goneState(facet);
  let changes: readonly ResourceChange[];
  let state = after;
  if (facet === 'DRAFT_LOCK') {
    if (!isLock(state) || !isKind(resource, 'DATASET')) throw new TypeError(`${facet} of something else`);
    const origin: ChangeOrigin = own === undefined ? 'VENDOR' : 'GATEWAY';
    const steps = before !== undefined && isLock(before) ? detectLock(before, state) : [];
    changes = steps.map((step) => ({ ...step, kind: 'DRAFT_LOCK', origin, dataset: resource }));
  } else {
    if (isLock(after)) throw new TypeError(`${facet} of something else`);
    const was: VersionsState | undefined = before === undefined || isLock(before) ? undefined : before;
    const gone = facet === 'PROMPT_VERSIONS' ? 'ARCHIVED' : 'DELETED';
    state = merge(was, after);
    const steps = withRestore(was === undefined ? [] : detectVersions(was, after, gone), was, own);
    // A `VersionChanged` of either kind is one of the two, each with its own name.
    changes = fileVersions(resource, steps, own) as readonly ResourceChange[];
  }
  const accepted = await log.append({
    key: topicKey({ scope, facet, id: resource.id }),
    revision: known?.revision ?? 0,
    state,
    changes,
    asOf,
    lease,
    mark: isWriter === true ? undefined : markOf(facet, resource.id),
  });
  return { accepted, changes: accepted ? changes.length : 0 };
}
