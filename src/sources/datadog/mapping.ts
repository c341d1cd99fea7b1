import type { Actor } from '../../domain/actor.ts';
import {
  type Dataset,
  type DatasetItem,
  type DatasetVersion,
  type DraftLock,
  unknownVersionFields,
} from '../../domain/dataset.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import { type Instant, parseInstant } from '../../domain/instant.ts';
import type { Json } from '../../domain/json.ts';
import { once } from '../../domain/once.ts';
import type { ModelLabProject, Project } from '../../domain/project.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { VendorModelLabProject } from './model-lab-schema.ts';
import type { VendorDataset, VendorDraftState, VendorPerson, VendorProject, VendorRecord } from './schema.ts';

/** The project of datasets and where it is; made once for a page of them. */
export interface ProjectScope {
  readonly source: SourceKey;
  readonly projectId: string;
  readonly key: ResourceKey<'PROJECT'>;
}

export function projectScope(source: SourceKey, projectId: string): ProjectScope {
  return { source, projectId, key: keyOf(source, 'PROJECT', projectId) };
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** Somebody whose id alone is told. */
export function mapPersonId(id: string | null | undefined): Actor | null {
  const vendorId = textOrNull(id);
  if (vendorId === null) return null;
  return { vendorId, name: null, email: null, handle: null, iconUrl: null, details: null };
}

/** Null where nothing tells who it is. */
export function mapPerson(person: VendorPerson | null | undefined): Actor | null {
  if (person === null || person === undefined) return null;
  const { id, name, email, handle, icon, ...rest } = person;
  const actor: Actor = {
    vendorId: textOrNull(id),
    name: textOrNull(name),
    email: textOrNull(email),
    handle: textOrNull(handle),
    iconUrl: textOrNull(icon),
    // What the schema lets pass unchecked was parsed from JSON.
    details: Object.keys(rest).length === 0 ? null : (rest as { readonly [member: string]: Json }),
  };
  const isKnown = actor.vendorId ?? actor.handle ?? actor.email ?? actor.name;
  return isKnown === null ? null : actor;
}

export function mapProject(source: SourceKey, row: VendorProject): Project {
  const { attributes } = row;
  return {
    ...keyOf(source, 'PROJECT', row.id),
    vendor: 'DATADOG',
    vendorId: row.id,
    name: attributes.name,
    description: attributes.description ?? null,
    createdAt: attributes.created_at,
    updatedAt: attributes.updated_at ?? null,
  };
}

/** What is known of a version besides its number. */
export interface VersionFacts {
  readonly lastUsedAt: Instant | null | undefined;
  readonly isCurrent: boolean | null;
}

export function mapDatasetVersion(
  dataset: ResourceKey<'DATASET'>,
  number: number,
  facts: VersionFacts,
): DatasetVersion {
  const { source, parts } = dataset.address;
  const ref = String(number);
  return {
    ...unknownVersionFields,
    ...keyOf(source, 'DATASET_VERSION', ...parts, ref),
    dataset,
    ref,
    number,
    lastUsedAt: facts.lastUsedAt,
    isCurrent: facts.isCurrent,
  };
}

export function mapDataset(project: ProjectScope, row: VendorDataset): Dataset {
  const { attributes } = row;
  const key = keyOf(project.source, 'DATASET', project.projectId, row.id);
  // Datadog does not deploy: a plain read gives the newest version.
  const current = once(() =>
    mapDatasetVersion(key, attributes.current_version, { lastUsedAt: undefined, isCurrent: true }),
  );
  return {
    ...key,
    vendor: 'DATADOG',
    vendorId: row.id,
    name: attributes.name,
    // An empty text is how a description is cleared.
    description: textOrNull(attributes.description),
    project: project.key,
    createdAt: attributes.created_at,
    updatedAt: attributes.updated_at ?? null,
    createdBy: mapPerson(attributes.author),
    itemCount: null,
    metadata: attributes.metadata ?? null,
    get currentVersion() {
      return current();
    },
    get latestVersion() {
      return current();
    },
    details: { kind: 'DATADOG', projectId: project.key.id },
  };
}

/** A record, as of a version where it was read through one. */
export function mapItem(
  dataset: ResourceKey<'DATASET'>,
  version: string | undefined,
  row: VendorRecord,
): DatasetItem {
  const { source, parts } = dataset.address;
  const key =
    version === undefined
      ? keyOf(source, 'DATASET_ITEM', ...parts, row.id)
      : keyOf(source, 'DATASET_ITEM', ...parts, row.id, version);
  return {
    ...key,
    vendor: 'DATADOG',
    vendorId: row.id,
    stableId: row.canonical_id ?? null,
    dataset,
    input: row.input,
    expectedOutput: row.expected_output ?? null,
    messages: null,
    metadata: row.metadata ?? null,
    tags: row.tags ?? null,
    sourceTraceId: null,
    sourceId: null,
    sourceTimestamp: null,
    deleted: null,
    createdAt: row.created_at,
    updatedAt: row.updated_at ?? null,
    createdBy: mapPerson(row.author),
  };
}

/** Null when nobody holds the draft, in each of the shapes that this may have. */
export function mapDraftLock(state: VendorDraftState): DraftLock | null {
  const attributes = state.data?.attributes;
  const holder = mapPerson(attributes?.user);
  if (holder === null) return null;
  return {
    holder,
    since: parseInstant(attributes?.drafting_since ?? '') ?? null,
    // Whose the application key is, no documented operation tells.
    heldByCaller: null,
    kind: 'VENDOR',
  };
}

export function mapModelLabProject(source: SourceKey, row: VendorModelLabProject): ModelLabProject {
  const { attributes } = row;
  return {
    ...keyOf(source, 'MODEL_LAB_PROJECT', row.id),
    vendor: 'DATADOG',
    vendorId: row.id,
    name: attributes.name,
    description: attributes.description ?? null,
    artifactStorageLocation: attributes.artifact_storage_location ?? null,
    externalUrl: attributes.external_url ?? null,
    isStarred: attributes.is_starred ?? null,
    ownerId: attributes.owner_id ?? null,
    tags: attributes.tags ?? [],
    createdAt: attributes.created_at ?? null,
    updatedAt: attributes.updated_at ?? null,
    deletedAt: attributes.deleted_at ?? null,
  };
}
