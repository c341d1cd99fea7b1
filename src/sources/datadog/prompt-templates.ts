import { type InputIssue, InvalidInputError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { PromptContent, PromptMessage } from '../../domain/prompt.ts';
import { isObject, isSameJson } from './json-values.ts';
import type { PromptVersionAttributes } from './write-client.ts';
import type { InputPathOf } from './write-failures.ts';

/** Datadog spec, `LLMObsPromptVersionLabel`. */
const labelNames: ReadonlySet<string> = new Set(['production', 'development']);

/** What a message may have elsewhere and one of Datadog has no place for (spec, `LLMObsPromptChatMessage`). */
const unkeepable = ['name', 'toolCallId', 'toolCalls', 'thinking'] as const;

function* messageIssues(message: PromptMessage, index: number): Generator<InputIssue> {
  const path = ['content', 'messages', String(index)];
  if (typeof message.content !== 'string') {
    yield { path: [...path, 'content'], message: 'must be a text at Datadog' };
  }
  for (const field of unkeepable) {
    if (message[field] === null) continue;
    yield {
      path: [...path, field],
      message: 'cannot be kept: Datadog has no such field',
      code: 'UNSUPPORTED',
    };
  }
}

function refuseFirst(issues: readonly InputIssue[]): void {
  const [first] = issues;
  if (first === undefined) return;
  throw new InvalidInputError(
    `Datadog cannot take this prompt: \`${first.path.join('.')}\` ${first.message}. Nothing was written.`,
    issues,
  );
}

/** Content as Datadog keeps it. Throws InvalidInputError for what it cannot. */
function templateOf(content: PromptContent): Json {
  switch (content.kind) {
    case 'TEXT':
      return content.text;
    case 'CHAT':
      refuseFirst(content.messages.flatMap((message, index) => [...messageIssues(message, index)]));
      return content.messages.map(({ role, content: text }) => ({ role, content: text }));
    case 'JSON':
      refuseFirst([
        { path: ['content', 'json'], message: 'must be a text or messages', code: 'UNSUPPORTED' },
      ]);
      return null;
  }
}

/**
 * Settings as they are sent; undefined where Datadog gives the version these anyway: to send some at all is refused
 * where the organisation may not write any (spec).
 */
function configOf(config: Json, carried: Json): PromptVersionAttributes['config'] {
  const wanted = config ?? {};
  if (!isObject(wanted)) {
    refuseFirst([{ path: ['config'], message: 'must be an object' }]);
    return undefined;
  }
  return isSameJson(wanted, carried ?? {}) ? undefined : wanted;
}

export interface NewVersion {
  readonly content: PromptContent;
  readonly config: Json;
  readonly labels?: readonly string[] | undefined;
}

/** What is sent of a new version. `carried` is what Datadog gives it as settings when none are sent. */
export function versionAttributes(
  { content, config, labels = [] }: NewVersion,
  carried: Json,
): PromptVersionAttributes {
  refuseFirst(
    labels.flatMap((label, index) => {
      const message = `must be one of ${[...labelNames].join(' and ')} at Datadog`;
      return labelNames.has(label) ? [] : [{ path: ['labels', String(index)], message }];
    }),
  );
  return {
    template: templateOf(content),
    config: configOf(config, carried),
    labels: labels.length === 0 ? undefined : labels,
  };
}

const fieldsByAttribute: Readonly<Record<string, string>> = { prompt_id: 'name', template: 'content' };

/** Where in the input a pointer into the body of a prompt points. */
export const promptPathOf: InputPathOf = ([data, attributes, attribute]) =>
  data === 'data' && attributes === 'attributes' && attribute !== undefined
    ? [fieldsByAttribute[attribute] ?? attribute]
    : undefined;
