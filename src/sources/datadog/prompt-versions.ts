import { type LockstepError, SourceError } from '../../domain/errors.ts';
import { type GlobalId, keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { PromptVersion } from '../../domain/prompt.ts';
import type { GoodRow } from '../parsing.ts';
import type { PromptSource } from '../source.ts';
import { offsetStream } from '../streams.ts';
import { readPromptAddress, readPromptVersionAddress, readVersionNumber } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { failureOf } from './failures.ts';
import { newestFirst, readNewestVersion, readVersion } from './newest-prompt-version.ts';
import { mapPromptVersion, mapPromptVersionHeader } from './prompt-mapping.ts';
import type { PromptRows } from './prompt-rows.ts';
import type { VendorPromptVersionHeader } from './schema.ts';

type VersionReads = Pick<
  PromptSource,
  'latestVersion' | 'currentVersion' | 'listVersions' | 'getVersion' | 'getVersions'
>;

export function createPromptVersionReads(client: DatadogClient, rows: PromptRows): VersionReads {
  async function latestVersion(
    prompt: ResourceKey<'PROMPT'>,
    content: boolean,
  ): Promise<PromptVersion | null> {
    const promptId = readPromptAddress(prompt);
    if (content) {
      const row = await readNewestVersion(client, rows, promptId);
      return row === undefined ? null : mapPromptVersion(prompt, row, true);
    }
    const [newest] = newestFirst(await client.listPromptVersions(promptId));
    return newest === undefined ? null : mapPromptVersionHeader(prompt, newest.value, true);
  }

  async function getVersion(
    prompt: ResourceKey<'PROMPT'>,
    by: { readonly ref: string } | { readonly number: number },
  ): Promise<PromptVersion | null> {
    const promptId = readPromptAddress(prompt);
    const number = readVersionNumber('ref' in by ? by.ref : String(by.number));
    // Datadog spec: numbers begin with 1.
    if (number === undefined || number === 0) return null;
    const row = await readVersion(client, promptId, number);
    return row === undefined ? null : mapPromptVersion(prompt, row, null);
  }

  return {
    latestVersion,
    // Datadog spec, GetLLMObsPrompt: a plain read gives the latest version.
    currentVersion: latestVersion,
    getVersion,

    listVersions(prompt, content) {
      const promptId = readPromptAddress(prompt);
      return offsetStream({
        idOf: (version: PromptVersion) => version.id,
        fetchRange: async (offset, limit) => {
          const listed = await client.listPromptVersions(promptId);
          const sorted = newestFirst(listed);
          const faults = offset === 0 ? [...listed.faults] : [];
          const readRow = async ({ value }: GoodRow<VendorPromptVersionHeader>, index: number) => {
            const isLatest = offset + index === 0;
            const header = mapPromptVersionHeader(prompt, value, isLatest);
            if (!content) return { index, value: header };
            try {
              const { data } = await client.getPromptVersion(promptId, value.attributes.version);
              return { index, value: mapPromptVersion(prompt, data, isLatest) };
            } catch (error) {
              if (!(error instanceof SourceError)) throw error;
              // The version is there although its content is not: what was read is shown, what was not is told.
              faults.push(error.about(`version ${header.ref} of prompt ${promptId}`));
              return { index, value: header };
            }
          };
          const good = await Promise.all(sorted.slice(offset, offset + limit).map(readRow));
          return { good, count: good.length, faults, total: sorted.length };
        },
      });
    },

    async getVersions(keys) {
      const result = new Map<GlobalId, PromptVersion | LockstepError>();
      await Promise.all(
        keys.map(async (key) => {
          try {
            const { promptId, number } = readPromptVersionAddress(key);
            const version = await getVersion(keyOf(key.address.source, 'PROMPT', promptId), { ref: number });
            if (version !== null) result.set(key.id, version);
          } catch (error) {
            result.set(key.id, failureOf(error));
          }
        }),
      );
      return result;
    },
  };
}
