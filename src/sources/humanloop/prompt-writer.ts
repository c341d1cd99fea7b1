import { NotFoundError, SourceError } from '../../domain/errors.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { Json } from '../../domain/json.ts';
import type { PromptContent } from '../../domain/prompt.ts';
import { PartialWriteError } from '../../domain/write-errors.ts';
import type { PromptWriter } from '../source.ts';
import { vendorIdOf } from './addresses.ts';
import { versionWritten } from './concurrent-version.ts';
import { directoryOf, findByPath, joinPath } from './file-path.ts';
import { readNewest, readVersion, readVersions, undefinedIfAbsent } from './files.ts';
import { wasMadeAnew } from './made-anew.ts';
import { mapConfig, mapContent } from './prompt-mapping.ts';
import { promptPlace, readPromptRequest } from './prompt-request.ts';
import { noSuchPrompt, refusable, undefinedIfUnread } from './refusals.ts';
import type { PromptRow } from './schema.ts';
import { fileTaken } from './taken-path.ts';
import type { Writing } from './writing.ts';

function pathOf({ path, id }: PromptRow): string {
  if (path !== null && path !== undefined) return path;
  throw new SourceError({
    code: 'SOURCE_CONTRACT_VIOLATION',
    vendor: 'HUMANLOOP',
    message: `Humanloop did not tell the path of the prompt ${id}, so it is not known which directory a copy goes into. Nothing was written.`,
  });
}

export function createPromptWriter({ client, writes, source }: Writing): PromptWriter {
  const files = client.prompts;

  /** Makes a prompt at a path that is free: an upsert on one that is taken would publish to what is there. */
  async function createAt(
    path: string,
    request: Readonly<Record<string, Json>>,
    kind: PromptContent['kind'],
  ): Promise<ResourceKey<'PROMPT'>> {
    const existing = await findByPath(client.listPrompts, path);
    if (existing !== undefined) throw fileTaken(path, existing, source, 'PROMPT');
    const sentAt = Date.now();
    const row = await refusable(writes.upsertPrompt({ path, ...request }), {
      placeOf: (place) => promptPlace(kind, place),
      // The only 404 that a creation can have: a tool that is linked and is not there.
      notFound: '`config.linked_tools`: Humanloop has no such tool. Nothing was written.',
      conflict: async () =>
        fileTaken(path, await undefinedIfUnread(findByPath(client.listPrompts, path)), source, 'PROMPT'),
    });
    if ((await wasMadeAnew(files, row, sentAt)) !== false) return keyOf(source, 'PROMPT', row.id);
    throw new PartialWriteError({
      message: `There was a prompt at "${path}" after all (${row.id}; made since the look before, or shown in no list), and Humanloop made this content a version of it: ${row.version_id}. Its other versions and its deployments are as they were; delete that version in Humanloop, or use the prompt as it is.`,
      dataset: null,
      completedSteps: [`the content is version ${row.version_id} of the prompt that was there (${row.id})`],
      addedCount: 0,
      updatedCount: 0,
      removedCount: 0,
      unknownCount: 0,
      failures: [{ path: ['name'], code: 'ALREADY_EXISTS', message: `"${path}" was taken already` }],
    });
  }

  return {
    create: async ({ name, content, config, directoryPath, description, labels }) => {
      const request = readPromptRequest({ content, config, labels });
      const path = joinPath(directoryPath ?? '', name);
      // The description of a new prompt is the file's, which reads give as the prompt's.
      return createAt(path, description === undefined ? request : { ...request, description }, content.kind);
    },

    publish: async (prompt, version, base) => {
      const id = vendorIdOf(prompt);
      const request = readPromptRequest(version);
      const before = await undefinedIfAbsent(readVersions(files, id));
      if (before === undefined) throw new NotFoundError(noSuchPrompt);
      const known = new Set(before.newestFirst.map((row) => row.version_id));
      const label = version.description === undefined ? {} : { version_description: version.description };
      const row = await refusable(writes.upsertPrompt({ id, ...request, ...label }), {
        placeOf: (place) => promptPlace(version.content.kind, place),
        notFound: `${noSuchPrompt} Or a tool that \`config.linked_tools\` names is gone.`,
      });
      return versionWritten(files, id, {
        base: { ref: base.ref, createdAt: base.createdAt },
        ours: row.version_id,
        known,
      });
    },

    archive: async (prompt) => {
      await refusable(writes.deletePrompt(vendorIdOf(prompt)), { notFound: noSuchPrompt });
    },

    /** In the same directory, with the version's content and settings. */
    duplicate: async (prompt, newName, ref) => {
      const id = vendorIdOf(prompt);
      const newest = ref === undefined ? await readNewest(files, id) : await readVersion(files, id, ref);
      if (newest === null || newest === undefined)
        throw new NotFoundError(`${noSuchPrompt} Or it has no version to copy.`);
      const path = joinPath(directoryOf(pathOf(newest)), newName, 'newName');
      const content = mapContent(newest.template);
      return createAt(path, readPromptRequest({ content, config: mapConfig(newest) }), content.kind);
    },
  };
}
