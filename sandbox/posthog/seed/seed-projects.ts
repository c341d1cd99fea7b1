import { Random } from '../../core/random.ts';
import { posthogCredentials } from '../credentials.ts';
import type { PostHogProject } from '../records.ts';
import { acmePeople, globexPeople } from './people.ts';
import { seedAcmeDatasets, seedGlobexDatasets } from './seed-datasets.ts';
import { seedAcmePrompts, seedGlobexPrompts } from './seed-prompts.ts';
import { seedAcmeQueues, seedAcmeReviews, seedGlobexQueues, seedGlobexReviews } from './seed-reviews.ts';
import { seedAcmeScorers, seedGlobexScorers } from './seed-scorers.ts';

export { seededUntil } from './timeline.ts';

function seedAcme(): PostHogProject {
  const random = new Random(1001);
  const definitions = seedAcmeScorers(random, acmePeople);
  return {
    id: posthogCredentials.acme.projectId,
    uuid: random.uuid(),
    name: 'Acme outdoor',
    token: posthogCredentials.acme.projectToken,
    organization: { id: random.uuid(), name: 'Acme' },
    members: acmePeople,
    ...seedAcmePrompts(random, acmePeople),
    definitions,
    reviews: seedAcmeReviews(random, acmePeople, definitions),
    ...seedAcmeQueues(random, acmePeople),
    ...seedAcmeDatasets(random, acmePeople),
    promptFetches: [],
  };
}

function seedGlobex(): PostHogProject {
  const random = new Random(2002);
  const definitions = seedGlobexScorers(random, globexPeople);
  return {
    id: posthogCredentials.globex.projectId,
    uuid: random.uuid(),
    name: 'Globex',
    token: posthogCredentials.globex.projectToken,
    organization: { id: random.uuid(), name: 'Globex' },
    members: globexPeople,
    ...seedGlobexPrompts(random, globexPeople),
    definitions,
    reviews: seedGlobexReviews(random, globexPeople, definitions),
    ...seedGlobexQueues(random, globexPeople),
    ...seedGlobexDatasets(random, globexPeople),
    promptFetches: [],
  };
}

/** The two tenants' projects by id, the same on every start. */
export function seedProjects(): ReadonlyMap<number, PostHogProject> {
  return new Map([seedAcme(), seedGlobex()].map((project) => [project.id, project]));
}
