import { type LockstepError, UnsupportedError } from '../../domain/errors.ts';
import type { GlobalId } from '../../domain/identity.ts';
import { compareInstants } from '../../domain/instant.ts';
import type { Prompt } from '../../domain/prompt.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { PromptSource } from '../source.ts';
import { wholeStream } from '../streams.ts';
import { readPromptAddress } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { failureOf } from './failures.ts';
import { mapPrompt } from './prompt-mapping.ts';
import { PromptRows } from './prompt-rows.ts';
import { createPromptVersionReads } from './prompt-versions.ts';
import { createPromptWriter } from './prompt-writer.ts';
import type { DatadogWriteClient } from './write-client.ts';

/** By the newest date told; those without one last. */
function newestFirst(left: Prompt, right: Prompt): number {
  if (left.newestAt === null || right.newestAt === null) {
    return left.newestAt === right.newestAt ? 0 : left.newestAt === null ? 1 : -1;
  }
  return compareInstants(right.newestAt, left.newestAt);
}

function isAbout(prompt: Prompt, search: string): boolean {
  return (
    prompt.vendorId.toLowerCase().includes(search) ||
    prompt.name.toLowerCase().includes(search) ||
    prompt.description?.toLowerCase().includes(search) === true
  );
}

export function createPromptSource(
  source: SourceKey,
  client: DatadogClient,
  writes: DatadogWriteClient,
): PromptSource {
  const rows = new PromptRows(client);

  return {
    writer: createPromptWriter(source, client, writes, rows),
    canFilterByAuthor: false,

    async listPrompts({ search = '', createdByVendorId }) {
      if (createdByVendorId !== undefined) {
        throw new UnsupportedError(
          'DATADOG',
          "Datadog does not list prompts by their newest version's author.",
        );
      }
      const needle = search.toLowerCase();
      const stream = wholeStream({
        idOf: (prompt: Prompt) => prompt.id,
        load: async () => {
          const { good, faults } = await rows.all();
          const items: Prompt[] = [];
          for (const { value } of good) {
            const prompt = mapPrompt(source, value);
            if (needle === '' || isAbout(prompt, needle)) items.push(prompt);
          }
          return { items: items.sort(newestFirst), faults };
        },
      });
      return [stream];
    },

    async getPrompts(keys) {
      const result = new Map<GlobalId, Prompt | LockstepError>();
      const wanted = new Map<string, GlobalId>();
      for (const key of keys) {
        try {
          wanted.set(readPromptAddress(key), key.id);
        } catch (error) {
          result.set(key.id, failureOf(error));
        }
      }
      const found = await rows.find(wanted.keys());
      for (const [promptId, id] of wanted) {
        const row = found.get(promptId);
        if (row !== undefined) result.set(id, 'attributes' in row ? mapPrompt(source, row) : row);
      }
      return result;
    },

    ...createPromptVersionReads(client, rows),
  };
}
