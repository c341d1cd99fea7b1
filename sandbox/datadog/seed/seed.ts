import { type DatadogTenantName, datadogCredentials } from '../credentials.ts';
import { instantOf } from '../instant.ts';
import type { Project, Tenant } from '../state/model.ts';
import { emptyDataset, largestDataset, seedProjects } from './dataset-seed.ts';
import { seedModelLabProjects } from './model-lab-seed.ts';
import { seedAcmePrompts, seedGlobexPrompts } from './prompt-seed.ts';
import { createSeedStamp } from './seed-stamp.ts';
import { acmeThemes, globexThemes } from './themes.ts';

/** No date of the seed is later. */
export const seededUntil = instantOf('2026-09-30T23:59:59Z');

/** Names in acme's seed that tests and examples may count on. */
export const datadogSeed = {
  /** The project with 66 datasets. */
  largestProject: 'support-assistant',
  largestDataset,
  emptyDataset,
  /** The dataset whose draft Ben holds from the start. */
  lockedDataset: 'Warranty claims: tone and empathy',
} as const;

function lockFromTheStart(projects: ReadonlyMap<string, Project>): void {
  for (const { datasets } of projects.values()) {
    for (const dataset of datasets.values()) {
      if (dataset.name !== datadogSeed.lockedDataset) continue;
      const since = instantOf('2026-09-29T08:15:30Z');
      dataset.lock = { userId: datadogCredentials.acme.ben.user.id, since };
    }
  }
}

/** Both organisations as they are at the start. */
export function createSeed(): ReadonlyMap<DatadogTenantName, Tenant> {
  const stamp = createSeedStamp(0xda7ad06);
  const { ada, ben } = datadogCredentials.acme;
  const people = [ada.user, ben.user] as const;
  const acme: Tenant = {
    name: 'acme',
    projects: seedProjects(acmeThemes, people, stamp),
    prompts: seedAcmePrompts(people, stamp),
    modelLabProjects: seedModelLabProjects(64, '', people, stamp),
  };
  lockFromTheStart(acme.projects);

  const gia = datadogCredentials.globex.gia.user;
  const globex: Tenant = {
    name: 'globex',
    projects: seedProjects(globexThemes, [gia], stamp),
    prompts: seedGlobexPrompts(gia, stamp),
    modelLabProjects: seedModelLabProjects(4, 'Globex ', [gia], stamp),
  };
  return new Map([
    ['acme', acme],
    ['globex', globex],
  ]);
}
