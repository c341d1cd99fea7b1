import type { DatadogUser } from '../credentials.ts';
import type { ModelLabProject } from '../state/model.ts';
import { day, type SeedStamp, shuffle, spreadInstants } from './seed-stamp.ts';

const bases = [
  'distilbert',
  'gemma-2b',
  'llama-8b',
  'mistral-7b',
  'phi-3',
  'qwen-7b',
  'roberta',
  'whisper',
] as const;
const purposes = [
  'intent-classifier',
  'reply-ranker',
  'toxicity-filter',
  'summary-lora',
  'sql-lora',
  'reranker',
  'pii-tagger',
  'router',
] as const;

/** So many projects, with ids that grow with their dates as the recorded ones do. */
export function seedModelLabProjects(
  count: number,
  prefix: string,
  owners: readonly [DatadogUser, ...DatadogUser[]],
  stamp: SeedStamp,
): Map<number, ModelLabProject> {
  const { random } = stamp;
  const pairs = purposes.flatMap((purpose) => bases.map((base) => [purpose, base] as const));
  const dates = spreadInstants(count, '2026-01-08T07:00:00Z', '2026-08-20T20:00:00Z', random);
  let id = 2_300;
  const projects = shuffle(pairs, random)
    .slice(0, count)
    .map(([purpose, base], index): ModelLabProject => {
      id += 1 + random.below(6);
      const createdAt = dates[index] ?? 0;
      return {
        id,
        name: `${prefix}${purpose}-${base}`,
        description: random.below(4) === 0 ? '' : `Fine-tuning ${base} as a ${purpose.replaceAll('-', ' ')}.`,
        ownerId: random.below(5) === 0 ? undefined : random.pick(owners).id,
        tags: [
          { key: 'base', value: base },
          { key: 'team', value: random.pick(['support', 'search', 'platform']) },
        ].slice(0, 1 + random.below(2)),
        createdAt,
        updatedAt: createdAt + random.below(30 * day),
        externalUrl: random.below(3) === 0 ? `https://git.example/models/${purpose}` : undefined,
        starredBy: new Set(random.below(6) === 0 ? [owners[0].id] : []),
      };
    });
  return new Map(projects.map((project) => [project.id, project]));
}
