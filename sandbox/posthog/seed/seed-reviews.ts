import type { Random } from '../../core/random.ts';
import type {
  Instant,
  PostHogUser,
  ReviewQueue,
  ReviewQueueItem,
  Score,
  ScoreDefinition,
  TraceReview,
} from '../records.ts';
import { slightlyAfter, timeline } from './timeline.ts';
import { areas, comments, tasks } from './vocabulary.ts';

type People = readonly [PostHogUser, ...PostHogUser[]];

const categories: readonly [string, ...string[]] = ['good', 'acceptable', 'bad'];
const failures: readonly [string, ...string[]] = ['hallucination', 'wrong-tone', 'incomplete'];
const costs: readonly [string, ...string[]] = ['0.003125', '0.018000', '1.250000', '12.000001'];

function scoredValue(
  random: Random,
  definition: ScoreDefinition,
): Pick<Score, 'categoricalValues' | 'numericValue' | 'booleanValue'> {
  const none = { categoricalValues: null, numericValue: null, booleanValue: null };
  switch (definition.kind) {
    case 'categorical': {
      const from = definition.name.endsWith('verdict') ? categories : failures;
      return { ...none, categoricalValues: [random.pick(from)] };
    }
    case 'numeric': {
      const whole = `${random.below(6)}.000000`;
      return { ...none, numericValue: definition.name.endsWith('cost') ? random.pick(costs) : whole };
    }
    case 'boolean':
      return { ...none, booleanValue: random.below(2) === 1 };
  }
}

function scoreOf(random: Random, definition: ScoreDefinition, at: Instant, offset: number): Score {
  // Some scores were given under an older version of the scorer.
  const version = definition.versions[random.below(definition.versions.length)] ?? definition.versions[0];
  const createdAt = slightlyAfter(at, 60 + offset * 2);
  const value = scoredValue(random, definition);
  return {
    id: random.uuid(),
    definition,
    version,
    ...value,
    createdAt,
    updatedAt: slightlyAfter(createdAt, 1),
  };
}

/** Ids as tracing libraries make them: plain hex, a UUID, or a name with a number. */
function traceId(random: Random, index: number): string {
  const kinds = [
    () => random.text(32, '0123456789abcdef'),
    () => random.uuid(),
    () => `session-${4100 + index}`,
  ];
  return (kinds[index % kinds.length] ?? random.uuid)();
}

/** 66 active reviews and three deleted ones, with none to three scores each. */
export function seedAcmeReviews(
  random: Random,
  people: People,
  definitions: readonly ScoreDefinition[],
): TraceReview[] {
  const count = 69;
  return timeline(random, count).map((createdAt, index): TraceReview => {
    const start = (index % areas.length) * 6;
    const chosen = Array.from(
      { length: index % 4 },
      (_, turn) => definitions[start + ((index + turn * 2) % 6)],
    );
    const updatedAt = slightlyAfter(createdAt, 200 + random.below(800_000));
    const createdBy = random.pick(people);
    return {
      id: random.uuid(),
      traceId: traceId(random, index),
      comment: index % 5 === 0 ? null : random.pick(comments),
      scores: chosen.flatMap((definition, turn) =>
        definition === undefined ? [] : [scoreOf(random, definition, createdAt, turn)],
      ),
      createdBy,
      reviewedBy: index % 3 === 0 ? random.pick(people) : createdBy,
      createdAt,
      updatedAt,
      deleted: index % 23 === 22,
    };
  });
}

export function seedGlobexReviews(
  random: Random,
  people: People,
  definitions: readonly ScoreDefinition[],
): TraceReview[] {
  return timeline(random, 3).map((createdAt, index): TraceReview => {
    const definition = definitions[index];
    return {
      id: random.uuid(),
      traceId: `Globex-trace-${index + 1}`,
      comment: `Globex comment ${index + 1}`,
      scores: definition === undefined ? [] : [scoreOf(random, definition, createdAt, 0)],
      createdBy: people[0],
      reviewedBy: people[0],
      createdAt,
      updatedAt: slightlyAfter(createdAt, 300),
      deleted: false,
    };
  });
}

interface SeededQueues {
  readonly queues: ReviewQueue[];
  readonly queueItems: ReviewQueueItem[];
}

function buildQueues(
  random: Random,
  people: People,
  names: readonly string[],
  itemCount: number,
  prefix: string,
): SeededQueues {
  const queues = timeline(random, names.length).map(
    (createdAt, index): ReviewQueue => ({
      id: random.uuid(),
      name: names[index] ?? '',
      createdBy: random.pick(people),
      createdAt,
      updatedAt: slightlyAfter(createdAt),
      deleted: false,
    }),
  );
  const queueItems = timeline(random, itemCount).flatMap((createdAt, index): ReviewQueueItem[] => {
    const queue = queues[index % Math.min(7, queues.length)];
    if (queue === undefined) return [];
    const traceId = `${prefix}-${7000 + index}`;
    const createdBy = random.pick(people);
    return [
      {
        id: random.uuid(),
        queue,
        traceId,
        createdBy,
        createdAt,
        updatedAt: slightlyAfter(createdAt),
        deleted: false,
      },
    ];
  });
  return { queues, queueItems };
}

/** 66 queues; 70 traces wait in the first seven. */
export function seedAcmeQueues(random: Random, people: People): SeededQueues {
  const names = areas.flatMap((area) => tasks.map((task) => `${area.title} ${task} audit`));
  return buildQueues(random, people, names, 70, 'pending');
}

export function seedGlobexQueues(random: Random, people: People): SeededQueues {
  return buildQueues(random, people, ['Globex audit'], 2, 'Globex-pending');
}
