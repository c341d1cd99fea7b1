import type { Random } from '../../core/random.ts';
import type {
  JsonObject,
  PostHogUser,
  ScoreDefinition,
  ScoreDefinitionVersion,
  ScoreKind,
} from '../records.ts';
import { slightlyAfter, timeline } from './timeline.ts';
import { areas } from './vocabulary.ts';

type People = readonly [PostHogUser, ...PostHogUser[]];

interface Planned {
  readonly name: string;
  readonly description: string;
  readonly kind: ScoreKind;
  /** Oldest first. */
  readonly configs: readonly [JsonObject, ...JsonObject[]];
}

const verdicts = [
  { key: 'good', label: 'Good' },
  { key: 'acceptable', label: 'Acceptable' },
  { key: 'bad', label: 'Bad' },
];
const failures = [
  { key: 'hallucination', label: 'Hallucination' },
  { key: 'wrong-tone', label: 'Wrong tone' },
  { key: 'incomplete', label: 'Incomplete' },
  { key: 'none', label: 'None' },
];

const kindsOfScorer: readonly Omit<Planned, 'description'>[] = [
  { name: 'verdict', kind: 'categorical', configs: [{ options: verdicts }] },
  {
    name: 'failure modes',
    kind: 'categorical',
    configs: [
      { options: failures.slice(0, 3), selection_mode: 'multiple' },
      { options: failures, selection_mode: 'multiple', min_selections: 1, max_selections: 3 },
    ],
  },
  {
    name: 'helpfulness',
    kind: 'numeric',
    configs: [
      { min: 0, max: 5, step: 1 },
      { min: 0, max: 5, step: 0.5 },
    ],
  },
  { name: 'cost', kind: 'numeric', configs: [{ min: 0 }] },
  {
    name: 'policy followed',
    kind: 'boolean',
    configs: [
      {},
      { true_label: 'Followed', false_label: 'Broken' },
      { true_label: 'Yes', false_label: 'No' },
    ],
  },
  { name: 'escalated', kind: 'boolean', configs: [{ true_label: 'Escalated', false_label: 'Solved' }] },
];

function build(random: Random, people: People, plans: readonly Planned[]): ScoreDefinition[] {
  const instants = timeline(random, plans.length);
  return plans.map((plan, index): ScoreDefinition => {
    const [first, ...others] = plan.configs;
    const version = (config: JsonObject, number: number): ScoreDefinitionVersion => ({
      id: random.uuid(),
      version: number,
      config,
    });
    const createdAt = instants[index] ?? '';
    return {
      id: random.uuid(),
      name: plan.name,
      description: plan.description,
      kind: plan.kind,
      archived: index % 10 === 9,
      versions: [version(first, 1), ...others.map((config, other) => version(config, other + 2))],
      createdBy: random.pick(people),
      createdAt,
      updatedAt: slightlyAfter(createdAt, 41 * plan.configs.length),
    };
  });
}

/** 66 scorers, 22 of each kind; every tenth is archived. */
export function seedAcmeScorers(random: Random, people: People): ScoreDefinition[] {
  const plans = areas.flatMap((area) =>
    kindsOfScorer.map((scorer) => ({
      ...scorer,
      name: `${area.title} ${scorer.name}`,
      description: `Judges ${scorer.name} of ${area.title.toLowerCase()} traces.`,
    })),
  );
  return build(random, people, plans);
}

export function seedGlobexScorers(random: Random, people: People): ScoreDefinition[] {
  const plans = kindsOfScorer
    .slice(1, 5)
    .map((scorer) => ({ ...scorer, name: `Globex ${scorer.name}`, description: '' }));
  return build(random, people, plans);
}
