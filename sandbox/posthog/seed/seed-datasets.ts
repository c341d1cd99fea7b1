import type { Random } from '../../core/random.ts';
import type { Dataset, DatasetItem, DatasetRevision, Instant, ItemVersion, PostHogUser } from '../records.ts';
import { slightlyAfter, timeline } from './timeline.ts';
import { type Area, areas } from './vocabulary.ts';

type People = readonly [PostHogUser, ...PostHogUser[]];

interface PlannedItem {
  readonly dataset: Dataset;
  readonly area: Area;
  readonly index: number;
  readonly versions: number;
  readonly deleted: boolean;
}

interface SeededDatasets {
  readonly datasets: Dataset[];
  readonly items: DatasetItem[];
}

const purposes = ['golden set', 'regressions', 'edge cases', 'red team', 'weekly sample', 'tone checks'];

function revisionOf(random: Random, dataset: Dataset, by: PostHogUser, at: Instant): DatasetRevision {
  const revision = {
    id: random.uuid(),
    revision: dataset.revisions.length + 1,
    createdBy: by,
    createdAt: at,
  };
  dataset.revisions.push(revision);
  return revision;
}

function versionOf(
  random: Random,
  plan: PlannedItem,
  number: number,
  by: PostHogUser,
  at: Instant,
): ItemVersion {
  const { dataset, area, index } = plan;
  const turn = index % area.asks.length;
  const last = number === plan.versions;
  return {
    id: random.uuid(),
    version: number,
    revision: revisionOf(random, dataset, by, at),
    input: { messages: [{ role: 'user', content: `${area.asks[turn]} (case ${index + 1})` }] },
    output: `${area.answers[turn]}${number > 1 ? ` Revised ${number - 1} time${number === 2 ? '' : 's'}.` : ''}`,
    sourceOutput: index % 4 === 0 ? `Draft: ${area.answers[0]}` : null,
    metadata: {
      difficulty: ['easy', 'medium', 'hard'][index % 3],
      source: index % 2 === 0 ? 'production' : 'handwritten',
    },
    deleted: plan.deleted && last,
    createdBy: by,
    createdAt: at,
  };
}

function itemOf(random: Random, people: People, plan: PlannedItem, createdAt: Instant): DatasetItem {
  const createdBy = random.pick(people);
  const at = (number: number) => slightlyAfter(createdAt, (number - 1) * 1000);
  const first = versionOf(random, plan, 1, createdBy, createdAt);
  const others = Array.from({ length: plan.versions - 1 }, (_, turn) =>
    versionOf(random, plan, turn + 2, random.pick(people), at(turn + 2)),
  );
  const traced = plan.index % 3 === 0;
  return {
    id: random.uuid(),
    dataset: plan.dataset,
    externalId: plan.index % 5 === 0 ? `case-${plan.index + 1}` : null,
    refTraceId: traced ? random.text(32, '0123456789abcdef') : null,
    refTimestamp: traced ? `${createdAt.slice(0, 19)}Z` : null,
    refSourceId: traced ? random.uuid() : null,
    versions: [first, ...others],
    createdBy,
    createdAt,
    updatedAt: slightlyAfter(at(plan.versions), 53),
  };
}

function datasetOf(random: Random, people: People, name: string, createdAt: Instant, index: number): Dataset {
  return {
    id: random.uuid(),
    name,
    description: index % 4 === 3 ? null : `Cases for ${name.toLowerCase()}.`,
    metadata: index % 3 === 0 ? { team: 'evals', cadence: 'weekly' } : null,
    deleted: index === 33 || index === 44,
    revisions: [],
    createdBy: random.pick(people),
    createdAt,
    updatedAt: slightlyAfter(createdAt),
  };
}

/**
 * 64 active datasets and two deleted ones. The first has 72 items and two deleted ones, and its first item has six
 * versions (only the later dialect shows them); the others have two to four items.
 */
export function seedAcmeDatasets(random: Random, people: People): SeededDatasets {
  const names = areas.flatMap((area) =>
    purposes.map((purpose) => ({ area, name: `${area.title} ${purpose}` })),
  );
  const instants = timeline(random, names.length);
  const datasets = names.map(({ name }, index) =>
    datasetOf(random, people, name, instants[index] ?? '', index),
  );
  const plans = datasets.flatMap((dataset, order) => {
    const area = names[order]?.area ?? areas[0];
    return Array.from({ length: order === 0 ? 74 : 2 + (order % 3) }, (_, index): PlannedItem => {
      const versions = order === 0 ? (index === 0 ? 6 : 1 + (index % 3)) : 1;
      return {
        dataset,
        area,
        index,
        versions,
        deleted: order === 0 && (index === 39 || index === 61),
      };
    });
  });
  const times = timeline(random, plans.length);
  return { datasets, items: plans.map((plan, index) => itemOf(random, people, plan, times[index] ?? '')) };
}

export function seedGlobexDatasets(random: Random, people: People): SeededDatasets {
  const instants = timeline(random, 2);
  const datasets = instants.map((at, index) =>
    datasetOf(random, people, `Globex cases ${index + 1}`, at, index),
  );
  const area: Area = {
    ...areas[0],
    asks: ['Globex asks?', 'Globex asks again?'],
    answers: ['Globex answers.', 'Globex repeats.'],
  };
  const plans = datasets.flatMap((dataset) =>
    [0, 1, 2].map((index): PlannedItem => ({ dataset, area, index, versions: 1, deleted: false })),
  );
  const times = timeline(random, plans.length);
  return { datasets, items: plans.map((plan, index) => itemOf(random, people, plan, times[index] ?? '')) };
}
