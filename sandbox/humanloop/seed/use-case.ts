import type { Random } from '../../core/random.ts';
import type { DatapointRequest } from '../datapoint.ts';
import type { PromptKernel } from '../prompt-request.ts';

/** One LLM application that a team evaluates: where its files are, and what stands in them. */
export interface UseCase {
  readonly directory: string;
  readonly datasets: readonly string[];
  readonly prompts: readonly string[];
  readonly tags: readonly string[];
  /** What the inputs are, for a dataset's schema. */
  readonly inputs: readonly string[];
  /** Different for each index. */
  datapoint(random: Random, index: number): DatapointRequest;
  /** Different for each revision. */
  kernel(revision: number): PromptKernel;
}

/** Sentences that revisions of a prompt add, one after the other. */
const additions: readonly string[] = [
  'Answer in at most three sentences.',
  'Say so when you do not know.',
  'Never promise anything that the policy does not grant.',
  'Write in the language of the user.',
  'Do not repeat the question.',
  'Use plain words and the active voice.',
  'Give the reason before the conclusion.',
  'Leave out greetings.',
];

/** Instructions as they stand at a revision. */
export function revise(instructions: string, revision: number): string {
  const added = additions.slice(0, revision % (additions.length + 1));
  return [instructions, ...added].join(' ');
}

/** Model settings as they stand at a revision. */
export function settings(revision: number): PromptKernel {
  const models: readonly PromptKernel[] = [
    { model: 'gpt-4o', provider: 'openai', temperature: 0.7 },
    { model: 'gpt-4o', provider: 'openai', temperature: 0.2 },
    { model: 'claude-3-7-sonnet-20250219', provider: 'anthropic', temperature: 0.3 },
    { model: 'gpt-4.1-mini', provider: 'openai', temperature: 0 },
    { model: 'gemini-2.0-flash', provider: 'google', temperature: 0.4, top_p: 0.95 },
    { model: 'o3-mini', provider: 'openai', reasoning_effort: 'medium' },
  ];
  const chosen = models[revision % models.length] ?? { model: 'gpt-4o' };
  return { ...chosen, max_tokens: 256 + 128 * (revision % 5) };
}
