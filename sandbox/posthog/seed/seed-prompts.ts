import type { Random } from '../../core/random.ts';
import type { PostHogUser, PromptFamily, PromptVersion } from '../records.ts';
import { slightlyAfter, timeline } from './timeline.ts';
import { areas, rules, tasks } from './vocabulary.ts';

interface Planned {
  readonly name: string;
  readonly versions: number;
  content(version: number): unknown;
}

/** Markdown whose headings differ from version to version, so that outlines do too. */
function markdown(title: string, role: string, task: string, version: number): string {
  const kept = rules.slice(0, 2 + (version % rules.length));
  const sections = [
    `# ${title}: ${task}`,
    role,
    '## Rules ##',
    kept.map((rule) => `- ${rule}`).join('\n'),
    '## Input',
    'The message is in {{message}}; the customer is {{customer_name}}.',
  ];
  if (version >= 2) sections.push('## Tone', 'Warm and short.');
  if (version >= 4)
    sections.push('### Examples', '```\n# this comment counts as a heading\nQ: {{example}}\n```');
  if (version % 3 === 0) sections.push(`## Revision ${version}`, `Reviewed by the ${title} team.`);
  return sections.join('\n\n');
}

function planAcme(): Planned[] {
  return areas.flatMap((area, areaIndex) =>
    tasks.map((task, taskIndex): Planned => {
      const index = areaIndex * tasks.length + taskIndex;
      const content = (version: number) => markdown(area.title, area.role, task, version);
      return { name: `${area.key}-${task}`, versions: index % 7 === 0 ? 6 : 1 + (index % 4), content };
    }),
  );
}

/** One family is long enough for more than one page of history, and one holds chat messages instead of text. */
function special(plan: Planned): Planned {
  if (plan.name === 'support-triage') return { ...plan, versions: 57 };
  if (plan.name !== 'docs-rag-router') return plan;
  return {
    ...plan,
    content: (version) => [
      { role: 'system', content: `Route to one of ${version + 2} indexes.` },
      { role: 'user', content: '{{question}}' },
    ],
  };
}

function emptyFamily(name: string): PromptFamily {
  return { name, versions: [], labels: new Map(), cachedCount: undefined };
}

/** Publishes the planned versions in a mixed but fixed order over the timeline. */
function publishAll(
  random: Random,
  people: readonly [PostHogUser, ...PostHogUser[]],
  plans: readonly Planned[],
): PromptFamily[] {
  const families = plans.map((plan) => ({ plan, family: emptyFamily(plan.name) }));
  const turns = families
    .flatMap((entry) => Array.from({ length: entry.plan.versions }, () => ({ entry, order: random.next() })))
    .sort((left, right) => left.order - right.order);
  const instants = timeline(random, turns.length);
  for (const [index, { entry }] of turns.entries()) {
    const createdAt = instants[index] ?? '';
    const version = entry.family.versions.length + 1;
    const row: PromptVersion = {
      id: random.uuid(),
      version,
      prompt: entry.plan.content(version),
      createdBy: random.pick(people),
      createdAt,
      updatedAt: slightlyAfter(createdAt),
      config: version > 1 ? { model: 'gpt-4o-mini', temperature: 0.2 } : null,
      description: version > 1 ? `Change ${version}` : null,
    };
    entry.family.versions.push(row);
  }
  return families.map(({ family }) => family);
}

function addLabels(random: Random, family: PromptFamily): void {
  for (const [name, back] of [
    ['production', 2],
    ['staging', 1],
  ] as const) {
    const version = family.versions.at(-back);
    if (version === undefined) continue;
    const { createdBy, createdAt } = version;
    family.labels.set(name, { id: random.uuid(), name, version, createdBy, createdAt, updatedAt: createdAt });
  }
}

export interface SeededPrompts {
  readonly prompts: Map<string, PromptFamily>;
  readonly archivedPrompts: PromptFamily[];
}

/** 66 active families; `returns-judge` was archived once and started again, and `holiday-campaign` is archived. */
export function seedAcmePrompts(
  random: Random,
  people: readonly [PostHogUser, ...PostHogUser[]],
): SeededPrompts {
  const plans = planAcme().map(special);
  const archived: Planned[] = ['returns-judge', 'holiday-campaign'].map((name) => ({
    name,
    versions: 3,
    content: (version) => `# ${name}\n\nRetired wording, revision ${version}.`,
  }));
  const archivedPrompts = publishAll(random, people, archived);
  const active = publishAll(random, people, plans);
  for (const family of active.filter(({ versions }) => versions.length > 3)) addLabels(random, family);
  return { prompts: new Map(active.map((family) => [family.name, family])), archivedPrompts };
}

export function seedGlobexPrompts(
  random: Random,
  people: readonly [PostHogUser, ...PostHogUser[]],
): SeededPrompts {
  const plans = ['Globex-greeter', 'Globex-summary', 'Globex-router'].map(
    (name, index): Planned => ({
      name,
      versions: index + 1,
      content: (version) => `# ${name}\n\nGlobex wording ${version}.`,
    }),
  );
  const families = publishAll(random, people, plans);
  return { prompts: new Map(families.map((family) => [family.name, family])), archivedPrompts: [] };
}
