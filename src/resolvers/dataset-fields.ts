import type { Context } from '../context.ts';
import type { Dataset, DatasetEnvironment, DatasetVersion, DraftLock } from '../domain/dataset.ts';
import { NotFoundError } from '../domain/errors.ts';
import { encodeId, type ResourceKey } from '../domain/identity.ts';
import type { Instant } from '../domain/instant.ts';
import type { Project } from '../domain/project.ts';
import type { DatasetSource } from '../sources/source.ts';
import { type Connection, type PageArguments, readSingleConnection } from './connection.ts';
import { keptLock } from './leased-lock.ts';
import { found, partOf, readText, slotOf } from './vendor-call.ts';

function datasetSource(context: Context, key: ResourceKey): DatasetSource {
  return partOf(context, key, 'datasets', (source) => source.datasets);
}

export async function datasetProject(context: Context, dataset: Dataset): Promise<Project | null> {
  if (dataset.project === null) return null;
  return found(await context.loaders.project.load(dataset.project), dataset.project);
}

/**
 * Who holds the draft: null where nobody does, and where the vendor has no draft lock at all. Of callers who share
 * credentials, and so are one user at the vendor, the one is shown who has taken it through this gateway.
 */
export async function draftLock(
  context: Context,
  dataset: ResourceKey<'DATASET'>,
): Promise<DraftLock | null> {
  const { draftLock: read } = datasetSource(context, dataset);
  if (read === undefined) return null;
  const slot = slotOf(context, dataset);
  const lock = await read(dataset);
  // A lease never outlives the vendor's lock that it stands for.
  const scope = slot.watchTarget?.scope;
  const isOwn = slot.ofCaller || scope === undefined;
  const shown = isOwn ? lock : await keptLock(context.coordination.leases, scope, dataset, lock);
  return shown === null ? null : asSeenBy(context, dataset, shown);
}

/** A lock as this caller sees it: whether it is their own. */
export function asSeenBy(context: Context, dataset: ResourceKey<'DATASET'>, lock: DraftLock): DraftLock {
  if (lock.kind === 'GATEWAY') return { ...lock, heldByCaller: lock.holder.handle === context.caller.id };
  const slot = slotOf(context, dataset);
  const self = slot.self();
  const holder = lock.holder.vendorId;
  // Users of shared credentials are one person at the vendor: that it is that one does not say it is this caller.
  const isSelf = slot.ofCaller || holder !== self ? holder === self : null;
  return { ...lock, heldByCaller: self === undefined ? null : isSelf };
}

export async function currentVersion(context: Context, dataset: Dataset): Promise<DatasetVersion | null> {
  if (dataset.currentVersion !== undefined) return dataset.currentVersion;
  return datasetSource(context, dataset).currentVersion(dataset);
}

export async function latestVersion(context: Context, dataset: Dataset): Promise<DatasetVersion | null> {
  if (dataset.latestVersion !== undefined) return dataset.latestVersion;
  return datasetSource(context, dataset).latestVersion(dataset);
}

export async function datasetVersion(
  context: Context,
  dataset: ResourceKey<'DATASET'>,
  ref: string,
): Promise<DatasetVersion> {
  const version = await datasetSource(context, dataset).getVersion(dataset, readText(ref, ['ref']));
  if (version !== null) return version;
  throw new NotFoundError(
    `This dataset has no version ${JSON.stringify(ref.slice(0, 100))}, or it has been retired. \`versions\` lists those there are.`,
  );
}

export async function listVersions(
  context: Context,
  dataset: Dataset,
  page: PageArguments,
): Promise<Connection<DatasetVersion>> {
  const stream = datasetSource(context, dataset).listVersions(dataset);
  const slot = slotOf(context, dataset);
  return readSingleConnection(context, { list: ['versions', dataset.id], page, slot, stream });
}

/** Undefined only where the read that gave the version did not tell: the list of versions does. */
export async function versionLastUsedAt(context: Context, version: DatasetVersion): Promise<Instant | null> {
  if (version.lastUsedAt !== undefined) return version.lastUsedAt;
  const source = datasetSource(context, version);
  const read = await source.getVersion(version.dataset, version.ref);
  if (read === null) return null;
  if (read.lastUsedAt !== undefined) return read.lastUsedAt;
  // Left out because the list that tells could not be had: asking for that list says why.
  await source.listVersions(version.dataset).fetch(undefined, 1);
  return null;
}

/** Whether a plain read gives this version; null when the dataset does not tell. */
export async function versionIsCurrent(context: Context, version: DatasetVersion): Promise<boolean | null> {
  if (version.isCurrent !== null) return version.isCurrent;
  const dataset = await context.loaders.dataset.load(version.dataset);
  if (dataset === null) return null;
  return (await currentVersion(context, dataset))?.ref === version.ref;
}

/** Environments as a dataset sees them; null where its vendor does not deploy. */
export async function datasetEnvironments(
  context: Context,
  dataset: ResourceKey<'DATASET'>,
): Promise<readonly DatasetEnvironment[] | null> {
  const { environments } = datasetSource(context, dataset);
  return environments === undefined ? null : environments(dataset);
}

/**
 * The key of the dataset that a version is of, and the version's ref: a version's address is its dataset's,
 * with the ref at its end.
 */
export function splitVersionKey(key: ResourceKey<'DATASET_VERSION'>): {
  dataset: ResourceKey<'DATASET'>;
  ref: string;
} {
  const { source, parts } = key.address;
  const ref = parts.at(-1);
  if (ref === undefined || parts.length < 2) throw new NotFoundError('There is no such dataset version.');
  const address = { source, kind: 'DATASET', parts: parts.slice(0, -1) } as const;
  return { dataset: { id: encodeId(address), address }, ref };
}

export function loadVersion(context: Context, key: ResourceKey<'DATASET_VERSION'>): Promise<DatasetVersion> {
  const { dataset, ref } = splitVersionKey(key);
  return datasetVersion(context, dataset, ref);
}
