import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { ChatMessage } from './chat-message.ts';
import { contentIdentifier } from './identifiers.ts';

const TargetValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]);

/** A datapoint as sent: it has no id, it is known by its content. */
export const DatapointRequest = z.object({
  inputs: z.record(z.string(), z.string()).nullish(),
  messages: z.array(ChatMessage).nullish(),
  target: z.record(z.string(), TargetValue).nullish(),
});
export type DatapointRequest = z.infer<typeof DatapointRequest>;

/** A datapoint as held. */
export interface Datapoint {
  /** Comes of its content: equal datapoints of one dataset have the same. */
  readonly id: string;
  readonly inputs: Record<string, string>;
  readonly messages: ChatMessage[] | null;
  readonly target: NonNullable<DatapointRequest['target']> | null;
}

function isPresent([, value]: [string, unknown]): boolean {
  return value !== null && value !== undefined;
}

/**
 * Assumptions: the id stays for equal content within one dataset, over all versions, and differs between
 * datasets; inputs, messages and target that are left out, null or empty are the same thing; so are members
 * of a message that are left out or null.
 */
export function toDatapoint(datasetId: string, request: DatapointRequest): Datapoint {
  const inputs = request.inputs ?? {};
  const messages = (request.messages ?? []).map(
    // Only members that were null are gone, and each of those is optional.
    (message) => Object.fromEntries(Object.entries(message).filter(isPresent)) as ChatMessage,
  );
  const target = request.target ?? {};
  const content = canonicalJson({ inputs, messages, target });
  return {
    id: contentIdentifier('dp', `${datasetId} ${content}`),
    inputs,
    messages: messages.length === 0 ? null : messages,
    target: Object.keys(target).length === 0 ? null : target,
  };
}

/** Drops all but the first of equal datapoints; the vendor does so without a word (its documentation). */
export function withoutTwins(datapoints: readonly Datapoint[]): Datapoint[] {
  const seen = new Set<string>();
  return datapoints.filter(({ id }) => {
    const first = !seen.has(id);
    seen.add(id);
    return first;
  });
}
