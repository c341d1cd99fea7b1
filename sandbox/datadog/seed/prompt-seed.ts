import type { Random } from '../../core/random.ts';
import type { DatadogUser } from '../credentials.ts';
import type { Prompt, PromptTemplate } from '../state/model.ts';
import { addPromptVersion, createPrompt } from '../state/new-prompt.ts';
import { day, type SeedStamp, shuffle, spreadInstants } from './seed-stamp.ts';

const acmeAreas = [
  'refund',
  'shipping',
  'account recovery',
  'billing',
  'subscription',
  'order status',
  'returns',
  'warranty',
  'gift card',
  'loyalty',
  'privacy',
  'handbook',
  'sales call',
  'incident review',
  'revenue report',
  'release note',
] as const;
const acmeTasks = ['reply', 'judge', 'rewrite', 'classify'] as const;

const tones = [
  'Be brief.',
  'Be warm and precise.',
  'Quote the policy you rely on.',
  'Never promise a date.',
] as const;

function template(area: string, task: string, number: number, random: Random): PromptTemplate {
  const tone = random.pick(tones);
  const rule = `Rule ${number}: if you are not sure, say so. ${tone}`;
  switch (task) {
    case 'reply':
      return [
        { role: 'system', content: `You answer ${area} questions of customers of {{company}}. ${rule}` },
        { role: 'user', content: '{{question}}' },
      ];
    case 'judge':
      return `Grade the answer about ${area} from 1 to 5. ${rule}\n\nQuestion: {{question}}\nAnswer: {{answer}}`;
    case 'rewrite':
      return `Rewrite this ${area} text for {{audience}} without adding facts. ${rule}\n\n{{text}}`;
    default:
      return `Sort this ${area} message into one of {{labels}}. Answer with the label only. ${rule}\n\n{{message}}`;
  }
}

interface PromptPlan {
  readonly area: string;
  readonly task: string;
  readonly prefix: string;
}

function seedPrompt(plan: PromptPlan, author: string, stamp: SeedStamp): Prompt {
  const { random, clock } = stamp;
  const { area, task, prefix } = plan;
  const title = `${prefix}${area.charAt(0).toUpperCase()}${area.slice(1)} ${task}`;
  const promptId = `${prefix.trim() === '' ? '' : `${prefix.trim()}-`}${area}-${task}`.replaceAll(' ', '-');
  const prompt = createPrompt(
    {
      promptId,
      title: random.below(6) === 0 && prefix === '' ? undefined : title,
      description: random.below(3) === 0 ? undefined : `Used by the ${area} flow to ${task}.`,
      createdFrom: random.pick(['ui-registry', 'sdk-registry']),
    },
    author,
    stamp,
  );
  const count = 1 + random.below(5);
  for (let number = 1; number <= count; number += 1) {
    if (number > 1) clock.set(prompt.createdAt + number * 4 * day + random.below(day));
    const labels = [
      ...(number === Math.max(1, count - 1) ? (['production'] as const) : []),
      ...(number === count ? (['development'] as const) : []),
    ];
    addPromptVersion(
      prompt,
      {
        template: template(area, task, number, random),
        labels: random.below(8) === 0 ? [] : labels,
        description: number === 1 ? 'First version.' : `Changes after review round ${number - 1}.`,
        userVersion: random.below(4) === 0 ? `v${number}.0` : undefined,
        config: random.below(2) === 0 ? {} : { model: 'gpt-4.1-mini', temperature: random.below(10) / 10 },
      },
      author,
      stamp,
    );
  }
  return prompt;
}

/** A prompt that was seen in model calls and never registered: no versions (spec, `source` "code"). */
function discoveredPrompt(promptId: string, author: string, stamp: SeedStamp): Prompt {
  const bare = createPrompt({ promptId, createdFrom: 'sdk-instrumentation' }, author, stamp);
  return { ...bare, inRegistry: false, mlApp: 'support-assistant', lastSeenAt: stamp.clock.next() };
}

function byPromptId(prompts: readonly Prompt[]): Map<string, Prompt> {
  return new Map(prompts.map((prompt) => [prompt.promptId, prompt]));
}

/** acme's 64 registered prompts and 3 that were only found in code. */
export function seedAcmePrompts(
  authors: readonly [DatadogUser, ...DatadogUser[]],
  stamp: SeedStamp,
): Map<string, Prompt> {
  const { random, clock } = stamp;
  const plans = acmeAreas.flatMap((area) => acmeTasks.map((task) => ({ area, task, prefix: '' })));
  const dates = spreadInstants(plans.length + 3, '2026-01-10T07:00:00Z', '2026-09-09T20:00:00Z', random);
  const prompts = shuffle(plans, random).map((plan, index) => {
    clock.set(dates[index + 3] ?? 0);
    return seedPrompt(plan, random.pick(authors).id, stamp);
  });
  const discovered = ['greeting-inline', 'tool-router-inline', 'fallback-inline'].map((promptId, index) => {
    clock.set(dates[index] ?? 0);
    return discoveredPrompt(promptId, authors[0].id, stamp);
  });
  return byPromptId([...prompts, ...discovered]);
}

/** globex's few prompts. */
export function seedGlobexPrompts(author: DatadogUser, stamp: SeedStamp): Map<string, Prompt> {
  const plans = ['claims', 'ledger'].flatMap((area) =>
    ['reply', 'judge'].map((task) => ({ area, task, prefix: 'Globex ' })),
  );
  const dates = spreadInstants(plans.length, '2026-03-01T07:00:00Z', '2026-07-25T20:00:00Z', stamp.random);
  return byPromptId(
    plans.map((plan, index) => {
      stamp.clock.set(dates[index] ?? 0);
      return seedPrompt(plan, author.id, stamp);
    }),
  );
}
