import type { FileVersion, VendorFile } from './file.ts';
import type { HumanloopSwitches } from './switches.ts';
import { defaultEnvironment, type Tenant } from './tenant.ts';
import { notFound } from './vendor-error.ts';

/** The two selectors of a read, or of the base of a write. */
export interface Selector {
  readonly versionId: string | undefined;
  /** Name of an environment; case counts. */
  readonly environment: string | undefined;
}

export function newestVersion<Content>(file: VendorFile<Content>): FileVersion<Content> | undefined {
  return file.versions.at(-1);
}

export function versionById<Content>(file: VendorFile<Content>, id: string): FileVersion<Content> {
  const found = file.versions.find((version) => version.id === id);
  if (found === undefined) throw notFound(`Version ${id} of ${file.id}`);
  return found;
}

/** The version that stands on an environment, if any. */
export function deployedVersion<Content>(
  file: VendorFile<Content>,
  environmentId: string,
): FileVersion<Content> | undefined {
  const id = file.deployments.get(environmentId);
  return file.versions.find((version) => version.id === id);
}

/**
 * The version that a request means. Without a selector it is what stands on the default environment, not the
 * newest (vendor tests). Assumption: of two selectors at once `version_id` wins.
 */
export function selectVersion<Content>(
  tenant: Tenant,
  file: VendorFile<Content>,
  selector: Selector,
  switches: HumanloopSwitches,
): FileVersion<Content> {
  if (selector.versionId !== undefined) return versionById(file, selector.versionId);
  if (selector.environment !== undefined) {
    const environment = tenant.environments.find(({ name }) => name === selector.environment);
    if (environment === undefined) throw notFound(`Environment "${selector.environment}"`);
    const deployed = deployedVersion(file, environment.id);
    if (deployed === undefined) throw notFound(`A version of ${file.id} deployed to "${environment.name}"`);
    return deployed;
  }
  const standing = deployedVersion(file, defaultEnvironment(tenant).id);
  if (standing !== undefined) return standing;
  const newest = switches.undeployedRead === 'latest' ? newestVersion(file) : undefined;
  if (newest === undefined) throw notFound(`A version of ${file.id} deployed to the default environment`);
  return newest;
}

/** How a list of files shows one of them; undefined when it does not. */
export function listedVersion<Content>(
  tenant: Tenant,
  file: VendorFile<Content>,
  switches: HumanloopSwitches,
): FileVersion<Content> | undefined {
  const standing = deployedVersion(file, defaultEnvironment(tenant).id);
  if (standing !== undefined || switches.undeployedInList === 'omitted') return standing;
  return newestVersion(file);
}
