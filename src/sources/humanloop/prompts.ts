import { InvalidInputError, UnsupportedError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { PromptSource, PromptWriter } from '../source.ts';
import { offsetStream, wholeStream } from '../streams.ts';
import { vendorIdOf } from './addresses.ts';
import { readEach } from './batch.ts';
import { endpoints, type HumanloopClient, type PageQuery } from './client.ts';
import { readFile, readNewest, readPlain, readVersion, readVersions } from './files.ts';
import { readRange } from './page-range.ts';
import { mapListedPrompt, mapPrompt, mapPromptVersion } from './prompt-mapping.ts';
import { readPromptVersions } from './prompt-versions.ts';
import type { PromptRow } from './schema.ts';
import { checkVersionRef } from './version-ref.ts';

export function createPromptSource(
  client: HumanloopClient,
  source: SourceKey,
  writer: PromptWriter,
): PromptSource {
  const files = client.prompts;

  function versionOf(
    key: ResourceKey<'PROMPT'>,
    row: PromptRow | null | undefined,
    isLatest: boolean | null,
  ) {
    return row === null || row === undefined ? null : mapPromptVersion(source, key, row, isLatest);
  }

  return {
    writer,
    // `user_filter` matches names and mail addresses (OpenAPI), not the user's id.
    canFilterByAuthor: false,

    listPrompts: async (filter) => {
      if (filter.createdByVendorId !== undefined) {
        throw new UnsupportedError(
          'HUMANLOOP',
          'Humanloop cannot list prompts by the id of their author. PostHog can: narrow the filter to it.',
        );
      }
      const name = filter.search === '' ? undefined : filter.search;
      const range = {
        endpoint: endpoints.listPrompts,
        read: (page: PageQuery) => client.listPrompts({ ...page, name, sortBy: 'updated_at', order: 'desc' }),
        map: (row: PromptRow) => mapListedPrompt(source, row),
      };
      return [
        offsetStream({
          idOf: (prompt) => prompt.vendorId,
          fetchRange: (offset, limit) => readRange(range, offset, limit),
        }),
      ];
    },

    getPrompts: (keys) =>
      readEach(keys, async (key) => {
        const file = await readFile(files, vendorIdOf(key));
        if (file === undefined) return undefined;
        return mapPrompt(key, file.row, {
          currentVersion: versionOf(key, file.current, null),
          latestVersion: file.newest && mapPromptVersion(source, key, file.newest, true),
        });
      }),

    latestVersion: async (key) => versionOf(key, await readNewest(files, vendorIdOf(key)), true),

    currentVersion: async (key) => versionOf(key, await readPlain(files, vendorIdOf(key)), null),

    listVersions: (key) => {
      const id = vendorIdOf(key);
      return wholeStream({
        idOf: (version) => version.ref,
        load: async () => {
          const { newestFirst, faults } = await readVersions(files, id);
          // A row that could not be read might be newer than the first.
          const isFirstLatest = faults.length === 0 ? true : null;
          const items = newestFirst.map((row, index) =>
            mapPromptVersion(source, key, row, index === 0 ? isFirstLatest : false),
          );
          return { items, faults };
        },
      });
    },

    getVersion: async (key, by) => {
      if ('number' in by) {
        throw new InvalidInputError(
          'Humanloop does not number the versions of a prompt: they have ids. Give one as `ref`.',
          [{ path: ['number'], message: 'Humanloop versions have ids, not numbers' }],
        );
      }
      checkVersionRef(by.ref);
      return versionOf(key, await readVersion(files, vendorIdOf(key), by.ref), null);
    },

    getVersions: (keys) => readPromptVersions(client, source, keys),
  };
}
