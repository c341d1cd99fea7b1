import { isDeepStrictEqual } from 'node:util';
import { InvalidInputError, SourceError } from '../../domain/errors.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { Json } from '../../domain/json.ts';
import type { PromptVersion } from '../../domain/prompt.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { AlreadyExistsError, VersionConflictError } from '../../domain/write-errors.ts';
import type { PromptWriter } from '../source.ts';
import { isUuid, promptNameOf } from './addresses.ts';
import { isNotFound, lockstepErrorOf } from './batch.ts';
import type { PostHogClient } from './client.ts';
import { finishVersion } from './finish-version.ts';
import {
  checkExtras,
  droppedExtras,
  extrasBody,
  extrasOf,
  hasExtras,
  type PromptExtras,
} from './prompt-extras.ts';
import { checkPromptName, payloadOf } from './prompt-payload.ts';
import { inputErrorOf, isConflict, isInputRefusal, noSuch, refuseAll } from './refusals.ts';
import { noHistory, resolvePrompt } from './resolve-prompt.ts';
import type { PromptRow, WrittenPrompt } from './schema.ts';
import type { PostHogWriteClient } from './write-client.ts';

const promptFields = {
  name: 'name',
  new_name: 'newName',
  prompt: 'content',
  config: 'config',
  version_description: 'description',
} as const;

/**
 * Early servers keep some of these routes for their own pages and refuse every key with a body of `detail` alone,
 * where the refusal of this key has a type and a code.
 */
function explained(error: unknown): unknown {
  if (!(error instanceof SourceError) || error.code !== 'FORBIDDEN') return error;
  if (error.vendorErrors.some(({ code, title }) => code !== undefined || title !== undefined)) return error;
  return new SourceError({
    code: 'FORBIDDEN',
    vendor: 'POSTHOG',
    message:
      'This PostHog server lets only its own pages write this: it is too old for writing prompts by an API key. Nothing was written.',
    vendorRequestId: error.vendorRequestId,
    httpStatus: error.httpStatus,
    vendorErrors: error.vendorErrors,
    cause: error,
  });
}

/** What a version is to have anew: a config that is the base's is carried over by PostHog itself. */
function changedConfig(config: Json, base: PromptVersion): Json | undefined {
  return isDeepStrictEqual(config, base.config ?? null) ? undefined : config;
}

/** PostHog's prompts. Publishing is a true compare-and-set there. */
export function createPromptWriter(
  source: SourceKey,
  client: PostHogClient,
  writes: PostHogWriteClient,
): PromptWriter {
  /** The newest version's row, from the database: reads by name may be stale. */
  async function readLatest(name: string): Promise<PromptRow | undefined> {
    try {
      return (await resolvePrompt(client, name, noHistory))?.prompt;
    } catch (error) {
      throw explained(error);
    }
  }

  async function readLiving(prompt: ResourceKey<'PROMPT'>): Promise<PromptRow> {
    const row = await readLatest(promptNameOf(prompt) ?? '');
    if (row === undefined) throw noSuch('prompt');
    return row;
  }

  /** A server shows by any prompt what it can keep; where it has none, only the answer to the write will tell. */
  async function refuseDropped(extras: PromptExtras): Promise<void> {
    checkExtras(extras);
    if (!hasExtras(extras)) return;
    const { results } = await client.prompts({ content: 'full', limit: 1 });
    const [first] = results.good;
    if (first !== undefined) refuseAll(droppedExtras(extras, first.value));
  }

  function taken(name: string): AlreadyExistsError {
    return new AlreadyExistsError(
      `PostHog has a prompt ${name}. Nothing was written.`,
      keyOf(source, 'PROMPT', name),
    );
  }

  /** What a 409 means: the version that is there now. Passed on as it is when that cannot be read. */
  async function conflictOf(name: string, base: PromptVersion, error: SourceError): Promise<unknown> {
    try {
      const row = await readLatest(name);
      if (row === undefined) return noSuch('prompt');
      return row.id === base.ref ? error : new VersionConflictError(base.ref, row.id);
    } catch (failure) {
      lockstepErrorOf(failure);
      return error;
    }
  }

  async function sendVersion(name: string, body: object, base: PromptVersion): Promise<WrittenPrompt> {
    try {
      return await writes.publishPrompt(name, { ...body, base_version: base.number });
    } catch (error) {
      if (isConflict(error)) throw await conflictOf(name, base, error);
      throw isNotFound(error) ? noSuch('prompt') : explained(inputErrorOf(error, promptFields));
    }
  }

  return {
    async create(input) {
      const { name, directoryPath, content } = input;
      checkPromptName(name, 'name');
      if (directoryPath !== undefined) {
        throw new InvalidInputError('PostHog has no directories. Nothing was sent.', [
          { path: ['directoryPath'], message: 'PostHog has no directories', code: 'UNSUPPORTED' },
        ]);
      }
      const prompt = payloadOf(content, undefined);
      // Null is what a new prompt has anyway.
      const extras = extrasOf({ ...input, config: input.config ?? undefined });
      await refuseDropped(extras);
      let row: WrittenPrompt;
      try {
        row = await writes.createPrompt({ name, prompt, ...extrasBody(extras) });
      } catch (error) {
        const isTaken = isInputRefusal(error) && error.vendorErrors.some(({ code }) => code === 'unique');
        throw isTaken ? taken(name) : explained(inputErrorOf(error, promptFields));
      }
      await finishVersion(writes, row, extras, `prompt ${row.name} created`);
      return keyOf(source, 'PROMPT', row.name);
    },

    async publish(prompt, version, base) {
      const name = promptNameOf(prompt);
      if (name === undefined) throw noSuch('prompt');
      if (base.number === null) throw new TypeError('A version of a PostHog prompt has a number.');
      const payload = payloadOf(version.content, base.content);
      const extras = extrasOf({ ...version, config: changedConfig(version.config, base) });
      checkExtras(extras);
      if (hasExtras(extras)) refuseAll(droppedExtras(extras, await readLiving(prompt)));
      const row = await sendVersion(name, { prompt: payload, ...extrasBody(extras) }, base);
      await finishVersion(writes, row, extras, `version ${row.version} published as ${row.id}`);
      // PostHog compares, so nobody can have come between.
      return { versionRef: row.id, concurrentRef: null };
    },

    async archive(prompt) {
      const { name } = await readLiving(prompt);
      try {
        await writes.archivePrompt(name);
      } catch (error) {
        // It was there a moment ago: somebody else has archived it.
        if (!isNotFound(error)) throw explained(inputErrorOf(error, promptFields));
      }
    },

    async duplicate(prompt, newName) {
      checkPromptName(newName, 'newName');
      const name = promptNameOf(prompt);
      if (name === undefined) throw noSuch('prompt');
      // Later servers would let the UUID of a version stand for some other prompt.
      if (isUuid(name)) await readLiving(prompt);
      try {
        const row = await writes.duplicatePrompt(name, newName);
        return keyOf(source, 'PROMPT', row.name);
      } catch (error) {
        if (isNotFound(error)) throw noSuch('prompt');
        if (!isInputRefusal(error)) throw explained(error);
        // How PostHog words a taken name is not known, so it is looked up.
        const existing = await readLatest(newName).catch(lockstepErrorOf);
        const isTaken = existing !== undefined && 'version' in existing;
        throw isTaken ? taken(newName) : inputErrorOf(error, promptFields);
      }
    },
  };
}
