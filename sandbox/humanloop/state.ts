import { deleteVersion, deployVersion, moveFile, undeploy } from './change-file.ts';
import type { Clock } from './clock.ts';
import type {
  DatasetFile,
  DatasetVersion,
  Environment,
  PromptFile,
  PromptVersion,
  User,
  VendorFile,
} from './file.ts';
import type { PromptRequest } from './prompt-request.ts';
import type { DatasetRequest, MoveRequest } from './request-bodies.ts';
import { seedTenants } from './seed/seed-tenants.ts';
import type { HumanloopSwitches } from './switches.ts';
import type { Tenant } from './tenant.ts';
import { upsertDataset } from './upsert-dataset.ts';
import { upsertPrompt } from './upsert-prompt.ts';
import type { WriteContext } from './write-context.ts';

/**
 * What the sandbox holds, for tests: find things, and act behind the gateway's back, as somebody does in the
 * vendor's own pages. Files are found by id or by path; a file that is not there throws.
 */
export interface HumanloopState {
  readonly acme: Tenant;
  readonly globex: Tenant;
  dataset(idOrPath: string): DatasetFile;
  prompt(idOrPath: string): PromptFile;
  environment(tenant: 'acme' | 'globex', name: string): Environment;
  /** Saves a version in the name of the organisation's last user; adds to the newest one unless told otherwise. */
  createDatasetVersion(idOrPath: string, request: Omit<DatasetRequest, 'id' | 'path'>): DatasetVersion;
  createPromptVersion(idOrPath: string, request: Omit<PromptRequest, 'id' | 'path'>): PromptVersion;
  /** Environments are given by name. */
  deploy(idOrPath: string, environment: string, versionId: string): void;
  undeploy(idOrPath: string, environment: string): void;
  rename(idOrPath: string, to: MoveRequest): void;
  /** Takes a version away, deployed or not. */
  deleteVersion(idOrPath: string, versionId: string): void;
  deleteFile(idOrPath: string): void;
  /** Back to the seed. */
  reset(): void;
}

function lastUserOf(tenant: Tenant): User {
  const user = [...tenant.users.values()].at(-1);
  if (user === undefined) throw new Error(`The sandbox tenant ${tenant.name} has no users.`);
  return user;
}

function findIn<File extends VendorFile<unknown>>(
  files: ReadonlyMap<string, File>,
  idOrPath: string,
): File | undefined {
  return files.get(idOrPath) ?? [...files.values()].find(({ path }) => path === idOrPath);
}

function environmentNamed(tenant: Tenant, name: string): Environment {
  const found = tenant.environments.find((environment) => environment.name === name);
  if (found === undefined) throw new Error(`The sandbox tenant ${tenant.name} has no environment "${name}".`);
  return found;
}

export function createState(clock: Clock, switches: HumanloopSwitches): HumanloopState {
  let tenants = seedTenants();

  function find(idOrPath: string): { tenant: Tenant; file: DatasetFile | PromptFile } {
    for (const tenant of [tenants.acme, tenants.globex]) {
      const file = findIn(tenant.datasets, idOrPath) ?? findIn(tenant.prompts, idOrPath);
      if (file !== undefined) return { tenant, file };
    }
    throw new Error(`The sandbox holds no file "${idOrPath}".`);
  }

  function findOf<File>(filesOf: (tenant: Tenant) => Map<string, File>, idOrPath: string): File {
    const { tenant, file } = find(idOrPath);
    const found = filesOf(tenant).get(file.id);
    if (found === undefined) throw new Error(`The sandbox file "${idOrPath}" is of another kind.`);
    return found;
  }

  function writeContext(tenant: Tenant): WriteContext {
    return { tenant, user: lastUserOf(tenant), now: clock.now(), switches };
  }

  return {
    get acme() {
      return tenants.acme;
    },
    get globex() {
      return tenants.globex;
    },
    dataset: (idOrPath) => findOf((tenant) => tenant.datasets, idOrPath),
    prompt: (idOrPath) => findOf((tenant) => tenant.prompts, idOrPath),
    environment: (tenant, name) => environmentNamed(tenants[tenant], name),
    createDatasetVersion(idOrPath, request) {
      const { tenant, file } = find(idOrPath);
      const whole = { action: 'add' as const, ...request, id: file.id };
      return upsertDataset(writeContext(tenant), whole, { versionId: undefined, environment: undefined })
        .version;
    },
    createPromptVersion(idOrPath, request) {
      const { tenant, file } = find(idOrPath);
      return upsertPrompt(writeContext(tenant), { ...request, id: file.id }).version;
    },
    deploy(idOrPath, environment, versionId) {
      const { tenant, file } = find(idOrPath);
      deployVersion<unknown>(file, environmentNamed(tenant, environment), versionId, clock.now());
    },
    undeploy(idOrPath, environment) {
      const { tenant, file } = find(idOrPath);
      undeploy<unknown>(file, environmentNamed(tenant, environment), clock.now());
    },
    rename(idOrPath, to) {
      const { tenant, file } = find(idOrPath);
      moveFile<unknown>(tenant, file, to, clock.now());
    },
    deleteVersion(idOrPath, versionId) {
      const allowed = { deleteDeployedVersion: 'allowed', deleteLastVersion: 'allowed' } as const;
      deleteVersion<unknown>(find(idOrPath).file, versionId, allowed, clock.now());
    },
    deleteFile(idOrPath) {
      const { tenant, file } = find(idOrPath);
      tenant.datasets.delete(file.id);
      tenant.prompts.delete(file.id);
    },
    reset() {
      tenants = seedTenants();
    },
  };
}
