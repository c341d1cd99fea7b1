import type { Random } from '../../core/random.ts';
import type { DatadogUser } from '../credentials.ts';
import { instantOf } from '../instant.ts';
import { recordsAt } from '../state/dataset-versions.ts';
import type { Dataset, Project } from '../state/model.ts';
import { createDataset } from '../state/new-dataset.ts';
import { applyBatch, type RecordBatch } from '../state/record-batch.ts';
import { day, type SeedStamp, shuffle, spreadInstants } from './seed-stamp.ts';
import type { Theme } from './themes.ts';

/** The dataset that is larger than all others: 77 records, 7 versions, the second of them retired. */
export const largestDataset = 'Refunds: golden answers';

/** The dataset that nobody has put a record into: version 0. */
export const emptyDataset = 'Data privacy: hallucination probes';

const rules = { deduplicate: false, overwrite: true, createNewVersion: true };

/** How many records a version inserts, changes and removes. */
type Step = readonly [insert: number, update: number, remove: number];

interface Growth {
  readonly steps: readonly Step[];
}

const furtherSteps: readonly [Step, ...Step[]] = [
  [2, 0, 0],
  [0, 2, 0],
  [3, 1, 1],
  [0, 1, 1],
];

const largestGrowth: Growth = {
  steps: [
    [60, 0, 0],
    [8, 0, 0],
    [0, 5, 0],
    [0, 0, 3],
    [10, 2, 0],
    [0, 4, 2],
    [4, 0, 0],
  ],
};

function growthOf(name: string, random: Random): Growth {
  if (name === largestDataset) return largestGrowth;
  if (name === emptyDataset) return { steps: [] };
  return someGrowth(random);
}

function someGrowth(random: Random): Growth {
  const more = Array.from({ length: random.below(5) }, () => random.pick(furtherSteps));
  return { steps: [[8 + random.below(8), 0, 0], ...more] };
}

function grow(dataset: Dataset, topic: string, theme: Theme, growth: Growth, stamp: SeedStamp): void {
  const { random, clock } = stamp;
  let at = dataset.createdAt;
  for (const [insert, update, remove] of growth.steps) {
    at += 3_600_000_000 + random.below(3 * day);
    clock.set(at);
    const there = recordsAt(dataset, dataset.currentVersion);
    const changes: Omit<RecordBatch, keyof typeof rules> = {
      insert: Array.from({ length: insert }, () => theme.record(topic, random)),
      update: there.slice(0, update).map(({ id }) => ({
        id,
        expectedOutput: theme.record(topic, random).expectedOutput,
        metadata: { reviewed_by: 'quality team' },
      })),
      remove: there.slice(update, update + remove).map(({ id }) => id),
    };
    applyBatch(dataset, { ...changes, ...rules }, dataset.authorId, stamp);
    const version = dataset.versions.get(dataset.currentVersion);
    if (version !== undefined && random.below(3) > 0) version.lastUsed = at + day + random.below(day);
  }
}

function createProject(theme: Theme, stamp: SeedStamp): Project {
  const createdAt = instantOf(theme.createdAt) + stamp.random.below(1_000_000);
  return {
    id: stamp.uuid(),
    createdAt,
    updatedAt: createdAt,
    name: theme.project,
    description: theme.description,
    datasets: new Map(),
  };
}

/** The projects with their datasets, whose dates of creation lie among each other. */
export function seedProjects(
  themes: readonly Theme[],
  authors: readonly [DatadogUser, ...DatadogUser[]],
  stamp: SeedStamp,
): Map<string, Project> {
  const { random, clock } = stamp;
  const plans = themes.flatMap((theme) => {
    const project = createProject(theme, stamp);
    return theme.topics.flatMap((topic) => theme.kinds.map((kind) => ({ theme, project, topic, kind })));
  });
  const dates = spreadInstants(plans.length, '2026-02-05T06:00:00Z', '2026-09-17T20:00:00Z', random);
  shuffle(plans, random).forEach(({ theme, project, topic, kind: [kind, description] }, index) => {
    clock.set(dates[index] ?? 0);
    const name = `${topic}: ${kind}`;
    const metadata = random.below(3) === 0 ? { owner: 'quality team', judge: 'pairwise' } : undefined;
    const dataset = createDataset(project, { name, description, metadata }, random.pick(authors).id, stamp);
    grow(dataset, topic, theme, growthOf(name, random), stamp);
    if (name === largestDataset) dataset.versions.delete(2);
  });
  return new Map(plans.map(({ project }) => [project.id, project]));
}
