import type { Context } from '../../context.ts';
import { AccessError, InvalidInputError, LockstepError, SourceError } from '../../domain/errors.ts';
import { type IdKind, parseIdOf, type ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { DraftLockedError, VersionConflictError } from '../../domain/write-errors.ts';
import type { DatasetWriter } from '../../sources/source.ts';
import { draftLock } from '../dataset-fields.ts';
import { found, partOf } from '../vendor-call.ts';

/**
 * Runs one mutation field: only for callers who may write, with nothing that was read before, and leaving nothing
 * for what is read after. An error that callers are meant to see is the result, not thrown.
 */
export async function write<Result>(
  context: Context,
  task: () => Promise<Result>,
): Promise<Result | LockstepError> {
  if (context.caller.permissions.write.size === 0) {
    throw new AccessError(
      'FORBIDDEN',
      `${context.caller.name} has no scope \`write\` at this gateway: mutations need it.`,
    );
  }
  context.forget();
  try {
    return await task();
  } catch (error) {
    if (error instanceof InvalidInputError) return fromArgument(error);
    if (error instanceof LockstepError && !(error instanceof AccessError)) return error;
    throw error;
  } finally {
    context.forget();
  }
}

/** Writers say places within the input; callers are told places from the argument down. */
function fromArgument(error: InvalidInputError): InvalidInputError {
  if (error.issues.every(({ path }) => path[0] === 'input')) return error;
  const issues = error.issues.map((issue) => {
    if (issue.path[0] === 'input') return issue;
    // An id that no vendor can have: which of the input's it is, is not known where that is found.
    const isAnyId = issue.code === 'INVALID_ID' && issue.path.length === 1 && issue.path[0] === 'id';
    return { ...issue, path: ['input', ...(isAnyId ? [] : issue.path)] };
  });
  return new InvalidInputError(error.message, issues);
}

/** The writer of a dataset's vendor, or the part of it that `pick` takes. */
export function datasetWriter<Part>(
  context: Context,
  dataset: ResourceKey,
  what: string,
  pick: (writer: DatasetWriter) => Part | undefined,
): Part {
  return partOf(context, dataset, what, (source) => {
    const writer = source.datasets?.writer;
    return writer === undefined ? undefined : pick(writer);
  });
}

/** Waits for its turn at a resource: the gateway's own writers never overtake one another there. */
export function inTurn<Result>(
  context: Context,
  resource: { readonly id: string },
  task: () => Promise<Result>,
): Promise<Result> {
  return context.coordination.mutex.run(resource.id, () => {
    // What was read while waiting is older than what the one before has written.
    context.forget();
    return task();
  });
}

/**
 * Waits for its turn at a name that something is to be made under: a vendor that has no creation of its own looks for
 * the name first, and two that look at once would both find it free.
 */
export function inTurnOfName<Result>(
  context: Context,
  source: SourceKey,
  name: string,
  task: () => Promise<Result>,
): Promise<Result> {
  return inTurn(context, { id: `${source} name ${name}` }, task);
}

/** {@link inTurnOfName} where something gets another name. */
export function inTurnOfNewName<Result>(
  context: Context,
  source: SourceKey,
  name: string | undefined,
  task: () => Promise<Result>,
): Promise<Result> {
  return name === undefined ? task() : inTurnOfName(context, source, name, task);
}

/**
 * The newest ref of a dataset, read just now. Throws VersionConflictError when the caller expected another, and
 * InvalidInputError when it expects one where there are no versions.
 */
export async function readBase(
  context: Context,
  dataset: ResourceKey<'DATASET'>,
  expectedRef: string | null | undefined,
): Promise<string | null> {
  const latestRef = datasetWriter(context, dataset, 'writes', (writer) => writer).latestRef;
  const expects = expectedRef !== null && expectedRef !== undefined;
  if (latestRef === undefined) {
    if (!expects) return null;
    throw new InvalidInputError('Datasets of this vendor have no versions: leave out `expectedRef`.', [
      { path: ['input', 'expectedRef'], message: 'there are no versions to compare with' },
    ]);
  }
  const base = await latestRef(dataset);
  if (expects && base !== expectedRef) throw new VersionConflictError(expectedRef, base);
  return base;
}

/** Throws DraftLockedError when somebody else holds the draft, or may do so. */
export async function guardDraft(context: Context, dataset: ResourceKey<'DATASET'>): Promise<void> {
  const lock = await draftLock(context, dataset).catch((error: unknown) => {
    if (!(error instanceof SourceError) || error.code !== 'NOT_FOUND') throw error;
    // The vendor speaks of the lock, and it is the dataset that is not there.
    return found(null, dataset);
  });
  if (lock === null || lock.heldByCaller === true) return;
  const who = lock.holder.name ?? lock.holder.email ?? lock.holder.vendorId ?? 'somebody';
  const since = lock.since === null ? '' : ` since ${lock.since}`;
  const next =
    lock.heldByCaller === null
      ? 'If that is you, release it and lock it through this API first. Nothing was written.'
      : 'Wait until it is released, or ask them. Nothing was written.';
  throw new DraftLockedError(`${who} is editing the draft${since}. ${next}`, lock);
}

/** An id in an input, of the kind and of the same source as what it is used with. */
export function relatedId<Kind extends IdKind>(
  kind: Kind,
  id: string,
  path: readonly string[],
  source: SourceKey,
): ResourceKey<Kind> {
  const key = parseIdOf(kind, id, path);
  if (key.address.source === source) return key;
  throw new InvalidInputError(`\`${path.join('.')}\` is of another vendor than what it is used with.`, [
    { path, message: 'is of another vendor', code: 'FOREIGN_ID' },
  ]);
}

export function datasetKey(id: string): ResourceKey<'DATASET'> {
  return parseIdOf('DATASET', id, ['input', 'datasetId']);
}
