import type { DatasetItem } from '../../domain/dataset.ts';
import type { Json } from '../../domain/json.ts';
import { isList, isObject, type JsonObject } from './canonical-json.ts';

/** Empty and not there are the same thing here: vendors differ in which of the two they answer. */
function orNothing(value: Json): Json {
  if (isList(value)) return value.length === 0 ? null : value;
  return isObject(value) && Object.keys(value).length === 0 ? null : value;
}

/**
 * What an item says, without what it is called and when it was made; what it does not have is left out. An empty
 * input or expected output says something: that an answer must be empty.
 */
export function contentOf(item: DatasetItem): JsonObject {
  const content: Readonly<Record<string, Json>> = {
    input: item.input,
    expectedOutput: item.expectedOutput,
    messages: orNothing(item.messages),
    metadata: orNothing(item.metadata),
    tags: orNothing(item.tags),
    sourceTraceId: item.sourceTraceId,
    sourceId: item.sourceId,
    sourceTimestamp: item.sourceTimestamp,
  };
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null));
}
