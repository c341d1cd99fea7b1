import { InvalidInputError, NotFoundError, SourceError } from '../../domain/errors.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { AlreadyExistsError } from '../../domain/write-errors.ts';
import type { PromptWriter } from '../writes.ts';
import { readPromptAddress } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { isObject } from './json-values.ts';
import { readNewestVersion } from './newest-prompt-version.ts';
import type { PromptRows } from './prompt-rows.ts';
import { promptPathOf, versionAttributes } from './prompt-templates.ts';
import type { VendorPromptVersion } from './schema.ts';
import type { DatadogWriteClient, PromptVersionAttributes } from './write-client.ts';
import { typedRefusal } from './write-failures.ts';

/** A name becomes the prompt's id, which stands in its path: these could be made and never be reached. */
function checkName(field: string, name: string): void {
  if (name !== '.' && name !== '..' && name.isWellFormed()) return;
  const message = 'cannot be the id of a prompt';
  throw new InvalidInputError(`Datadog cannot take \`${field}\`: it ${message}.`, [
    { path: [field], message },
  ]);
}

function missingPrompt(promptId: string): string {
  return `Datadog's registry has no prompt ${promptId}, or the keys in use may not see it.`;
}

export function createPromptWriter(
  source: SourceKey,
  client: DatadogClient,
  writes: DatadogWriteClient,
  rows: PromptRows,
): PromptWriter {
  async function create(
    promptId: string,
    attributes: PromptVersionAttributes,
  ): Promise<ResourceKey<'PROMPT'>> {
    const key = keyOf(source, 'PROMPT', promptId);
    try {
      await writes.createPrompt(promptId, attributes);
      return key;
    } catch (error) {
      if (!(error instanceof SourceError) || error.httpStatus !== 409 || error.code !== 'CONFLICT') {
        throw typedRefusal(error, missingPrompt(promptId), promptPathOf);
      }
      const message = `Datadog has a prompt ${JSON.stringify(promptId)} already. Nothing was written: publish a version of that one, or take another name.`;
      throw new AlreadyExistsError(message, key);
    }
  }

  return {
    create: async ({ name, content, config = null, directoryPath, description, labels }) => {
      checkName('name', name);
      if (directoryPath !== undefined) {
        const message = 'cannot be kept: there are no directories';
        const issue = { path: ['directoryPath'], message, code: 'UNSUPPORTED' };
        throw new InvalidInputError(`Datadog cannot take \`directoryPath\`: it ${message}.`, [issue]);
      }
      return create(name, { ...versionAttributes({ content, config, labels }, null), description });
    },

    async publish(prompt, { content, config, description, labels }, base) {
      const promptId = readPromptAddress(prompt);
      const attributes = {
        ...versionAttributes({ content, config, labels }, base.config ?? null),
        description,
      };
      let row: VendorPromptVersion;
      try {
        row = (await writes.createPromptVersion(promptId, attributes)).data;
      } catch (error) {
        throw typedRefusal(error, missingPrompt(promptId), promptPathOf);
      }
      const { version } = row.attributes;
      // Versions are numbered one by one: what lies between is somebody else's.
      const isNext = base.number === null || version <= base.number + 1;
      return { versionRef: String(version), concurrentRef: isNext ? null : String(version - 1) };
    },

    async archive(prompt) {
      const promptId = readPromptAddress(prompt);
      try {
        await writes.deletePrompt(promptId);
      } catch (error) {
        throw typedRefusal(error, missingPrompt(promptId), promptPathOf);
      }
    },

    async duplicate(prompt, newName) {
      checkName('newName', newName);
      const promptId = readPromptAddress(prompt);
      writes.forget();
      const [row, newest] = await Promise.all([
        rows.get(promptId),
        readNewestVersion(client, rows, promptId),
      ]);
      if (newest === undefined) {
        throw new NotFoundError(`${missingPrompt(promptId)} It may also have no version to copy.`);
      }
      const { template, config = null } = newest.attributes;
      // As the vendor gave it: labels stay where they are, as a label is on one version at a time.
      return create(newName, {
        template,
        config: isObject(config) && Object.keys(config).length > 0 ? config : undefined,
        description: row?.attributes.description ?? undefined,
      });
    },
  };
}
