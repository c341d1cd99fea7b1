import type { LockstepError } from '../../domain/errors.ts';
import { type GlobalId, keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { PromptVersion } from '../../domain/prompt.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { BatchResult } from '../source.ts';
import { promptVersionAddressOf } from './addresses.ts';
import { asResult } from './batch.ts';
import type { HumanloopClient } from './client.ts';
import { readVersion, readVersions, undefinedIfAbsent } from './files.ts';
import { mapPromptVersion } from './prompt-mapping.ts';

type Found = Map<GlobalId, PromptVersion | LockstepError>;

/** The versions that are wanted of one prompt, by version id. */
type Wanted = Map<string, ResourceKey<'PROMPT_VERSION'>>;

function groupByPrompt(
  keys: readonly ResourceKey<'PROMPT_VERSION'>[],
  found: Found,
): ReadonlyMap<string, Wanted> {
  const groups = new Map<string, Wanted>();
  for (const key of keys) {
    try {
      const { promptId, versionId } = promptVersionAddressOf(key);
      let wanted = groups.get(promptId);
      if (wanted === undefined) {
        wanted = new Map();
        groups.set(promptId, wanted);
      }
      wanted.set(versionId, key);
    } catch (error) {
      found.set(key.id, asResult(error));
    }
  }
  return groups;
}

/**
 * Versions by id. One of a prompt is a read of its own; of several the whole list of versions tells in one
 * request, with all their content.
 */
export async function readPromptVersions(
  client: HumanloopClient,
  source: SourceKey,
  keys: readonly ResourceKey<'PROMPT_VERSION'>[],
): Promise<BatchResult<PromptVersion>> {
  const found: Found = new Map();

  async function readOne(promptId: string, versionId: string, key: ResourceKey): Promise<void> {
    const row = await readVersion(client.prompts, promptId, versionId);
    if (row === undefined) return;
    found.set(key.id, mapPromptVersion(source, keyOf(source, 'PROMPT', promptId), row, null));
  }

  async function readSeveral(promptId: string, wanted: Wanted): Promise<void> {
    const versions = await undefinedIfAbsent(readVersions(client.prompts, promptId));
    if (versions === undefined) return;
    const prompt = keyOf(source, 'PROMPT', promptId);
    const fault = versions.faults[0];
    versions.newestFirst.forEach((row, index) => {
      const key = wanted.get(row.version_id);
      if (key === undefined) return;
      const isLatest = index > 0 ? false : fault === undefined ? true : null;
      found.set(key.id, mapPromptVersion(source, prompt, row, isLatest));
      wanted.delete(row.version_id);
    });
    // A row that could not be read may be one of those that were not found.
    if (fault !== undefined) for (const key of wanted.values()) found.set(key.id, fault);
  }

  await Promise.all(
    [...groupByPrompt(keys, found)].map(async ([promptId, wanted]) => {
      try {
        const [only] = wanted;
        if (only !== undefined && wanted.size === 1) await readOne(promptId, ...only);
        else await readSeveral(promptId, wanted);
      } catch (error) {
        const result = asResult(error);
        for (const key of wanted.values()) found.set(key.id, result);
      }
    }),
  );
  return found;
}
