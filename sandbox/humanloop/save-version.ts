import type { FileVersion, User, VendorFile } from './file.ts';
import { newIdentifier } from './identifiers.ts';
import { defaultEnvironment, type Tenant } from './tenant.ts';
import { conflict } from './vendor-error.ts';

/** Labels that a write gives to a version; undefined leaves one as it is, null clears it. */
export interface Labels {
  readonly name: string | null | undefined;
  readonly description: string | null | undefined;
}

export interface VersionWrite<Content> extends Labels {
  readonly content: Content;
  readonly contentKey: string;
  readonly versionPrefix: 'dsv' | 'prv';
  readonly user: User;
  readonly now: number;
}

function refuseTakenName<Content>(
  file: VendorFile<Content>,
  name: string | null | undefined,
  owner: FileVersion<Content> | undefined,
): void {
  if (name === undefined || name === null) return;
  // Version names are unique within one file; a taken one is a 409 (vendor documentation).
  const holder = file.versions.find((version) => version.name === name);
  if (holder !== undefined && holder !== owner)
    throw conflict(`A version with the name "${name}" already exists in "${file.path}".`);
}

/** Changes a version's labels. */
export function labelVersion<Content>(
  file: VendorFile<Content>,
  version: FileVersion<Content>,
  labels: Labels,
  now: number,
): void {
  refuseTakenName(file, labels.name, version);
  const name = labels.name === undefined ? version.name : labels.name;
  const description = labels.description === undefined ? version.description : labels.description;
  if (name === version.name && description === version.description) return;
  version.name = name;
  version.description = description;
  version.updatedAt = now;
  file.updatedAt = now;
}

/**
 * Saves a content as a version. Assumptions: a content that is there already gives its version back, relabelled
 * when the write names another free name, and untouched when it names the same one or none. A file's first
 * version is put on the default environment; later ones move no deployment (vendor documentation and tests).
 */
export function saveVersion<Content>(
  tenant: Tenant,
  file: VendorFile<Content>,
  write: VersionWrite<Content>,
): FileVersion<Content> {
  const existing = file.versions.findLast(({ contentKey }) => contentKey === write.contentKey);
  if (existing !== undefined) {
    labelVersion(
      file,
      existing,
      { name: write.name ?? undefined, description: write.description ?? undefined },
      write.now,
    );
    return existing;
  }
  refuseTakenName(file, write.name, undefined);
  const version: FileVersion<Content> = {
    id: newIdentifier(write.versionPrefix, tenant.random),
    content: write.content,
    contentKey: write.contentKey,
    name: write.name ?? null,
    description: write.description ?? null,
    createdAt: write.now,
    createdBy: write.user,
    updatedAt: write.now,
    lastUsedAt: write.now,
    logsCount: 0,
  };
  if (file.versions.length === 0) file.deployments.set(defaultEnvironment(tenant).id, version.id);
  file.versions.push(version);
  file.updatedAt = write.now;
  return version;
}
