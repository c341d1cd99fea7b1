import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { Prompt, PromptFilter, PromptVersion } from '../../domain/prompt.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { ListStream, PromptSource, PromptWants } from '../source.ts';
import { offsetStream } from '../streams.ts';
import { isUuid, promptNameOf, promptVersionOf } from './addresses.ts';
import { readEach } from './batch.ts';
import { endpoints, type PostHogClient, type PromptsQuery, type ResolveQuery } from './client.ts';
import { searchOf, streamOf } from './listing.ts';
import { readVersionPage } from './prompt-history.ts';
import { mapPrompt, mapVersion } from './prompt-mapping.ts';
import { createPromptWriter } from './prompt-writer.ts';
import { noHistory, resolvePrompt } from './resolve-prompt.ts';
import type { PromptRow, ResolvedPrompt } from './schema.ts';
import type { PostHogWriteClient } from './write-client.ts';

function contentOf(wants: PromptWants): PromptsQuery['content'] {
  if (wants.content) return 'full';
  return wants.latestVersion ? 'preview' : 'none';
}

function authorOf(createdByVendorId: string | undefined): string | undefined {
  if (createdByVendorId === undefined || /^\d{1,15}$/.test(createdByVendorId)) return createdByVendorId;
  throw new InvalidInputError('PostHog numbers its users: `createdByVendorId` must be such a number.', [
    { path: ['filter', 'createdByVendorId'], message: 'must be a whole number', code: 'INVALID_FORMAT' },
  ]);
}

/** PostHog's prompts. One is known by its name, a version by its row's id. */
export function createPromptSource(
  source: SourceKey,
  client: PostHogClient,
  writes: PostHogWriteClient,
): PromptSource {
  const resolve = (name: string | undefined, query: ResolveQuery): Promise<ResolvedPrompt | undefined> =>
    resolvePrompt(client, name, query);

  async function latestVersion(prompt: ResourceKey<'PROMPT'>): Promise<PromptVersion | null> {
    const resolved = await resolve(promptNameOf(prompt), noHistory);
    return resolved === undefined ? null : mapVersion(source, prompt, resolved.prompt);
  }

  const promptOf = (row: PromptRow): Prompt => mapPrompt(source, row);

  return {
    writer: createPromptWriter(source, client, writes),
    canFilterByAuthor: true,

    async listPrompts(filter: PromptFilter, wants: PromptWants): Promise<readonly ListStream<Prompt>[]> {
      const createdById = authorOf(filter.createdByVendorId);
      const search = searchOf(filter.search);
      const content = contentOf(wants);
      return [
        streamOf({
          endpoint: endpoints.prompts,
          fetchPage: (offset, limit) => client.prompts({ content, search, createdById, limit, offset }),
          map: promptOf,
        }),
      ];
    },

    getPrompts: (keys) =>
      readEach(keys, async (key) => {
        const resolved = await resolve(promptNameOf(key), noHistory);
        return resolved === undefined ? undefined : promptOf(resolved.prompt);
      }),

    latestVersion,
    // Nothing is deployed at PostHog: a plain read gives the newest.
    currentVersion: latestVersion,

    listVersions(prompt: ResourceKey<'PROMPT'>, content: boolean): ListStream<PromptVersion> {
      const name = promptNameOf(prompt);
      if (name === undefined)
        throw new NotFoundError('PostHog has no such prompt: no prompt has such a name.');
      return offsetStream<PromptVersion>({
        idOf: (version) => version.ref,
        fetchRange: (offset, limit) =>
          readVersionPage({ source, client, prompt, name, content }, offset, limit),
      });
    },

    async getVersion(prompt, by): Promise<PromptVersion | null> {
      const name = promptNameOf(prompt);
      const query =
        'ref' in by
          ? { ...noHistory, versionId: by.ref.toLowerCase() }
          : { ...noHistory, version: by.number };
      const isPossible =
        'ref' in by ? isUuid(by.ref.toLowerCase()) : Number.isSafeInteger(by.number) && by.number >= 1;
      const resolved = isPossible ? await resolve(name, query) : undefined;
      return resolved === undefined ? null : mapVersion(source, prompt, resolved.prompt);
    },

    getVersions: (keys) =>
      readEach(keys, async (key) => {
        const at = promptVersionOf(key);
        if (at === undefined) return undefined;
        const resolved = await resolve(at.name, { ...noHistory, versionId: at.versionId });
        if (resolved === undefined) return undefined;
        return mapVersion(source, keyOf(source, 'PROMPT', at.name), resolved.prompt);
      }),
  };
}
