import { type LockstepError, SourceError } from '../../domain/errors.ts';
import { type GlobalId, keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { Instant } from '../../domain/instant.ts';
import type { PromptVersion } from '../../domain/prompt.ts';
import type { GoodRow } from '../parsing.ts';
import type { PromptSource } from '../source.ts';
import { offsetStream } from '../streams.ts';
import { readPromptAddress, readPromptVersionAddress, readVersionNumber } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { failureOf, unlessNotFound } from './failures.ts';
import { mapPromptVersion, mapPromptVersionHeader } from './prompt-mapping.ts';
import type { PromptRows } from './prompt-rows.ts';
import type { VendorPromptVersion, VendorPromptVersionHeader, VendorRows } from './schema.ts';

type VersionReads = Pick<
  PromptSource,
  'latestVersion' | 'currentVersion' | 'listVersions' | 'getVersion' | 'getVersions'
>;

/** Whether both are the same instant as far as both are told: reads show six digits, writes up to nine. */
function isSameMoment(left: Instant | null | undefined, right: Instant | null | undefined): boolean {
  if (!left || !right || left.slice(0, 19) !== right.slice(0, 19)) return false;
  const micros = (instant: Instant): string => instant.slice(20, -1).padEnd(6, '0').slice(0, 6);
  return micros(left) === micros(right);
}

/** The spec lists them from newest to oldest; the number decides all the same. */
function newestFirst(
  rows: VendorRows<VendorPromptVersionHeader>,
): readonly GoodRow<VendorPromptVersionHeader>[] {
  return rows.good.toSorted((left, right) => right.value.attributes.version - left.value.attributes.version);
}

export function createPromptVersionReads(client: DatadogClient, rows: PromptRows): VersionReads {
  async function readVersion(promptId: string, number: number): Promise<VendorPromptVersion | undefined> {
    return (await unlessNotFound(client.getPromptVersion(promptId, number)))?.data;
  }

  /**
   * The newest version with its content. A plain GET would give the content, but neither its number for sure
   * (`version` may be the user's own text) nor its author and date. The prompt's row counts its versions, which
   * are numbered one by one: the version of that number is read, and is the newest if its date is the one that
   * the row has for the last version. Otherwise the list of versions decides.
   */
  async function readNewest(promptId: string): Promise<VendorPromptVersion | undefined> {
    const prompt = await rows.get(promptId);
    const count = prompt?.attributes.num_versions;
    if (prompt === undefined || count === 0) return undefined;
    const likely = count ? await readVersion(promptId, count) : undefined;
    const { version_created_at, created_at } = likely?.attributes ?? {};
    if (isSameMoment(version_created_at ?? created_at, prompt.attributes.last_version_created_at))
      return likely;
    const [newest] = newestFirst(await client.listPromptVersions(promptId));
    const number = newest?.value.attributes.version;
    if (number === undefined || number === count) return likely;
    return readVersion(promptId, number);
  }

  async function latestVersion(
    prompt: ResourceKey<'PROMPT'>,
    content: boolean,
  ): Promise<PromptVersion | null> {
    const promptId = readPromptAddress(prompt);
    if (content) {
      const row = await readNewest(promptId);
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
    const row = await readVersion(promptId, number);
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
