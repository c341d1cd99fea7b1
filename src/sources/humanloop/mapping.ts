import type { Actor } from '../../domain/actor.ts';
import type { Deployment } from '../../domain/dataset.ts';
import { keyOf } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { EnvironmentRow, FileRow, UserRow } from './schema.ts';

/** The tag of the one environment that plain reads follow. */
const defaultTag = 'default';

export function mapActor(user: UserRow): Actor | null {
  if (user === null || user === undefined) return null;
  return {
    vendorId: user.id ?? null,
    name: user.full_name ?? null,
    email: user.email_address ?? null,
    handle: null,
    iconUrl: null,
    details: null,
  };
}

export function mapDeployment(source: SourceKey, environment: EnvironmentRow): Deployment {
  return {
    environmentId: keyOf(source, 'ENVIRONMENT', environment.id).id,
    environmentName: environment.name,
    isDefault: environment.tag === defaultTag,
    createdAt: environment.created_at ?? null,
  };
}

/** Where a version stands; null when the vendor did not tell. */
export function mapDeployments(
  source: SourceKey,
  environments: FileRow['environments'],
): readonly Deployment[] | null {
  if (environments === null || environments === undefined) return null;
  return environments.map((environment) => mapDeployment(source, environment));
}

/** Whether a version stands on the default environment; null when the vendor did not tell where it stands. */
export function isOnDefault(environments: FileRow['environments']): boolean | null {
  if (environments === null || environments === undefined) return null;
  for (const { tag } of environments) if (tag === defaultTag) return true;
  return false;
}
