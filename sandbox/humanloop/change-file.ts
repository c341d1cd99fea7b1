import { directoryOf, type Environment, type FileVersion, nameOf, type VendorFile } from './file.ts';
import type { MoveRequest } from './request-bodies.ts';
import type { HumanloopSwitches } from './switches.ts';
import { directoryIdOf, normalizedPath, refuseTakenPath, type Tenant } from './tenant.ts';
import { conflict, invalid, notFound } from './vendor-error.ts';
import { versionById } from './version-selection.ts';

/** Assumption: `path` is the whole new path, and `name` beside it replaces its last segment. */
export function moveFile<Content>(
  tenant: Tenant,
  file: VendorFile<Content>,
  request: MoveRequest,
  now: number,
): void {
  const { name } = request;
  if (typeof name === 'string' && (name.trim() === '' || name.includes('/')))
    throw invalid({ loc: ['body', 'name'], msg: 'name must be one path segment', type: 'value_error' });
  const moved = normalizedPath(request.path ?? file.path);
  const directory = directoryOf(moved);
  const path = `${directory === '' ? '' : `${directory}/`}${name ?? nameOf(moved)}`;
  if (path === file.path) return;
  refuseTakenPath(tenant, path, file.id);
  file.path = path;
  directoryIdOf(tenant, path);
  file.movedAt = now;
  file.updatedAt = now;
}

/** Path parameters take an environment's id; names are for the `environment` query (vendor tests). */
export function environmentById(tenant: Tenant, id: string): Environment {
  const found = tenant.environments.find((environment) => environment.id === id);
  if (found === undefined) throw notFound(`Environment ${id}`);
  return found;
}

/** Puts a version on an environment in place of what stands there. */
export function deployVersion<Content>(
  file: VendorFile<Content>,
  environment: Environment,
  versionId: string,
  now: number,
): FileVersion<Content> {
  const version = versionById(file, versionId);
  if (file.deployments.get(environment.id) !== version.id) file.updatedAt = now;
  file.deployments.set(environment.id, version.id);
  return version;
}

/** Assumption: removing what is not there is a 404. */
export function undeploy<Content>(file: VendorFile<Content>, environment: Environment, now: number): void {
  if (!file.deployments.delete(environment.id))
    throw notFound(`A version of ${file.id} deployed to "${environment.name}"`);
  file.updatedAt = now;
}

/**
 * Takes a version away. Assumptions: one that is deployed, or the only one, is refused with 409; where a switch
 * allows it, its deployments go with it.
 */
export function deleteVersion<Content>(
  file: VendorFile<Content>,
  versionId: string,
  switches: Pick<HumanloopSwitches, 'deleteDeployedVersion' | 'deleteLastVersion'>,
  now: number,
): void {
  const version = versionById(file, versionId);
  if (switches.deleteLastVersion === '409' && file.versions.length === 1)
    throw conflict(`Version ${versionId} is the only version of ${file.id}.`);
  const standing = [...file.deployments].filter(([, deployed]) => deployed === versionId);
  if (switches.deleteDeployedVersion === '409' && standing.length > 0)
    throw conflict(`Version ${versionId} is deployed to an environment.`);
  for (const [environmentId] of standing) file.deployments.delete(environmentId);
  file.versions = file.versions.filter((other) => other !== version);
  file.updatedAt = now;
}
