import { type Environment, type FileVersion, nameOf, type User, type VendorFile } from './file.ts';
import type { HumanloopSwitches } from './switches.ts';
import { directoryIdOf, type Tenant } from './tenant.ts';

/** What an answer is written from. */
export interface View<Content> {
  readonly tenant: Tenant;
  readonly file: VendorFile<Content>;
  readonly version: FileVersion<Content>;
  readonly switches: HumanloopSwitches;
}

export type JsonObject = Record<string, unknown>;

/** ISO 8601 with microseconds, as in the vendor's samples, which come with and without a zone. */
export function presentTime(milliseconds: number, switches: HumanloopSwitches): string {
  const iso = new Date(milliseconds).toISOString();
  return `${iso.slice(0, -1)}000${switches.zonelessTimestamps ? '' : 'Z'}`;
}

/**
 * The creation and last change that an answer shows, and sorts by. A version's object also has the file's path,
 * so that a move changes it.
 */
export function timesOf<Content>({ file, version, switches }: Omit<View<Content>, 'tenant'>): {
  createdAt: number;
  updatedAt: number;
  createdBy: User;
} {
  if (switches.timesOf === 'file') return file;
  return {
    createdAt: version.createdAt,
    createdBy: version.createdBy,
    updatedAt: Math.max(version.updatedAt, file.movedAt),
  };
}

export function presentEnvironment(environment: Environment, switches: HumanloopSwitches): JsonObject {
  return {
    id: environment.id,
    created_at: presentTime(environment.createdAt, switches),
    name: environment.name,
    tag: environment.tag,
  };
}

/** The members that every kind of file answers with: file and version in one flat object. */
export function presentFile<Content>(view: View<Content>): JsonObject {
  const { tenant, file, version, switches } = view;
  const { createdAt, updatedAt, createdBy } = timesOf(view);
  return {
    path: file.path,
    id: file.id,
    directory_id: directoryIdOf(tenant, file.path),
    name: nameOf(file.path),
    description: file.description,
    schema: file.schema,
    readme: file.readme,
    tags: file.tags,
    version_id: version.id,
    version_name: version.name,
    version_description: version.description,
    // Only where this version stands, not where others of the file do.
    environments: tenant.environments
      .filter(({ id }) => file.deployments.get(id) === version.id)
      .map((environment) => presentEnvironment(environment, switches)),
    created_at: presentTime(createdAt, switches),
    updated_at: presentTime(updatedAt, switches),
    created_by: {
      id: createdBy.id,
      email_address: createdBy.emailAddress,
      full_name: createdBy.fullName,
    },
    last_used_at: presentTime(version.lastUsedAt, switches),
  };
}
