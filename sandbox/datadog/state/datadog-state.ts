import { randomUUID } from 'node:crypto';
import type { DatadogTenantName, DatadogUser } from '../credentials.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { type Clock, createClock } from '../instant.ts';
import { createSeed, seededUntil } from '../seed/seed.ts';
import type { Dataset, Project, Prompt, Tenant } from './model.ts';
import { applyBatch, type RecordBatch, type Stamp } from './record-batch.ts';

function one<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`the sandbox's state has no ${what}`);
  return found;
}

/** All that the sandbox's Datadog knows, and what tests may do to it without a request. */
export class DatadogState implements Stamp {
  readonly clock: Clock = createClock(seededUntil);
  #tenants: ReadonlyMap<DatadogTenantName, Tenant> = createSeed();

  /** Back to the seed. */
  reset(): void {
    this.#tenants = createSeed();
  }

  uuid(): string {
    return randomUUID();
  }

  tenant(name: DatadogTenantName): Tenant {
    return one(this.#tenants.get(name), `tenant "${name}"`);
  }

  /** The project of that name or id. */
  project(tenant: DatadogTenantName, nameOrId: string): Project {
    const found = [...this.tenant(tenant).projects.values()].find(
      ({ id, name }) => id === nameOrId || name === nameOrId,
    );
    return one(found, `project "${nameOrId}" in "${tenant}"`);
  }

  /** The dataset of that name or id, in whichever project it is. */
  dataset(tenant: DatadogTenantName, nameOrId: string): Dataset {
    const found = [...this.tenant(tenant).projects.values()]
      .flatMap((project) => [...project.datasets.values()])
      .find(({ id, name }) => id === nameOrId || name === nameOrId);
    return one(found, `dataset "${nameOrId}" in "${tenant}"`);
  }

  /** The prompt with that id of the customer's. */
  prompt(tenant: DatadogTenantName, promptId: string): Prompt {
    return one(this.tenant(tenant).prompts.get(promptId), `prompt "${promptId}" in "${tenant}"`);
  }

  /** Locks the dataset's draft as if the user had opened its editor; whoever held it loses it. */
  lock(dataset: Dataset, user: DatadogUser): void {
    dataset.lock = { userId: user.id, since: this.clock.next() };
  }

  /** Takes the lock away, whoever holds it. */
  unlock(dataset: Dataset): void {
    dataset.lock = undefined;
  }

  /** Makes a version as if the user had saved it in the editor; returns its number. */
  addVersion(
    dataset: Dataset,
    user: DatadogUser,
    changes: Pick<RecordBatch, 'insert' | 'update' | 'remove'> = {
      insert: [{ input: { question: `What is new after version ${dataset.currentVersion}?` } }],
    },
  ): number {
    const before = dataset.currentVersion;
    const rules = { deduplicate: false, overwrite: true, createNewVersion: true };
    const { version } = applyBatch(dataset, { ...changes, ...rules }, user.id, this);
    if (version === before) throw new Error(`the changes make no version of dataset "${dataset.name}"`);
    return version;
  }

  /** Ends the time of a version: it leaves the list and can be read no more. The current one stays. */
  retireVersion(dataset: Dataset, number: number): void {
    if (number === dataset.currentVersion) throw new Error(`version ${number} is the current one`);
    one(dataset.versions.get(number), `version ${number} of dataset "${dataset.name}"`);
    dataset.versions.delete(number);
  }
}

/** The project of that id, or the 404 that Datadog gives (its text is recorded). */
export function projectOf(tenant: Tenant, id: string): Project {
  const project = tenant.projects.get(id);
  if (project === undefined) throw new DatadogFailure(404, 'project not found');
  return project;
}

/** The dataset of that id in the project, or a 404. */
export function datasetOf(tenant: Tenant, projectId: string, id: string): Dataset {
  const dataset = projectOf(tenant, projectId).datasets.get(id);
  if (dataset === undefined) throw new DatadogFailure(404, 'dataset not found');
  return dataset;
}
