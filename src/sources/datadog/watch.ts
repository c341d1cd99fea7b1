import { LockstepError } from '../../domain/errors.ts';
import { type GlobalId, keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { DraftLockState, VersionMark, VersionsState } from '../../domain/watched-state.ts';
import type { BatchResult, Look, SourceWatch } from '../source.ts';
import { isUuid, readDatasetAddress, readPromptAddress } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { DatasetRows } from './dataset-rows.ts';
import { readDraftLock } from './draft-lock.ts';
import { failureOf, isNotFound, unlessNotFound } from './failures.ts';
import { newestFirst } from './newest-prompt-version.ts';
import { mapPromptVersionHeader } from './prompt-mapping.ts';
import { PromptRows } from './prompt-rows.ts';
import type { VendorPromptVersionHeader, VendorRows } from './schema.ts';

const noVersions: VendorRows<VendorPromptVersionHeader> = { good: [], bad: [], count: 0, faults: [] };

type Found<State> = Map<GlobalId, State | LockstepError>;

/** Looks at each key by itself, side by side; what is not found is left out. */
async function lookEach<Kind extends 'DATASET' | 'PROMPT', State>(
  looks: readonly Look<Kind, State>[],
  read: (look: Look<Kind, State>) => Promise<State | undefined>,
): Promise<BatchResult<State>> {
  const found: Found<State> = new Map();
  await Promise.all(
    looks.map(async (look) => {
      try {
        const state = await read(look);
        if (state !== undefined) found.set(look.key.id, state);
      } catch (error) {
        if (!isNotFound(error)) found.set(look.key.id, failureOf(error));
      }
    }),
  );
  return found;
}

function numbered(number: number): VersionMark {
  return { ref: String(number), number, name: null, description: null, labels: null };
}

export function createWatch(client: DatadogClient): SourceWatch {
  const rows = new DatasetRows(client);
  const prompts = new PromptRows(client);

  async function draftLock(dataset: ResourceKey<'DATASET'>): Promise<DraftLockState> {
    const lock = await readDraftLock(client, rows, readDatasetAddress(dataset));
    return { lock: lock === null ? null : { ...lock, heldByCaller: null } };
  }

  /**
   * The versions made between two looks, as far as they are listed: those that an experiment used, and not surely
   * all (Datadog spec and documentation). Undefined where the list cannot be had: the jump is told then.
   */
  async function madeSince(
    dataset: ResourceKey<'DATASET'>,
    known: number,
    newest: number,
  ): Promise<readonly VersionMark[] | undefined> {
    try {
      const { good } = await client.listDatasetVersions(readDatasetAddress(dataset));
      const numbers = new Set([newest]);
      for (const { value } of good) {
        const number = value.attributes.version_number;
        if (number > known && number < newest) numbers.add(number);
      }
      return [...numbers].sort((left, right) => left - right).map(numbered);
    } catch (error) {
      if (error instanceof LockstepError) return undefined;
      throw error;
    }
  }

  async function versionsOf(
    { key, known }: Look<'DATASET', VersionsState>,
    newest: number,
  ): Promise<VersionsState> {
    const before = known?.latest?.number ?? null;
    const isJump = before !== null && newest > before + 1;
    return {
      exists: true,
      latest: { ref: String(newest), number: newest },
      versions: isJump ? await madeSince(key, before, newest) : undefined,
      complete: false,
      deployments: undefined,
    };
  }

  return {
    draftLocks: {
      readsTell: true,
      groupOf: ({ id }) => id,
      look: (looks) => lookEach(looks, ({ key }) => draftLock(key)),
    },

    datasetVersions: {
      readsTell: true,
      groupOf: (key) => readDatasetAddress(key).projectId,
      look: async (looks) => {
        const byProject = Map.groupBy(looks, ({ key }) => readDatasetAddress(key).projectId);
        const found: Found<VersionsState> = new Map();
        await Promise.all(
          Array.from(byProject, async ([projectId, wanted]) => {
            if (!isUuid(projectId)) return;
            const ids = wanted.map(({ key }) => readDatasetAddress(key).datasetId).filter(isUuid);
            const read = await rows.find(projectId, ids);
            await Promise.all(
              wanted.map(async (look) => {
                const row = read.get(readDatasetAddress(look.key).datasetId);
                if (row === undefined) return;
                const state =
                  'attributes' in row ? await versionsOf(look, row.attributes.current_version) : row;
                found.set(look.key.id, state);
              }),
            );
          }),
        );
        return found;
      },
    },

    promptVersions: {
      readsTell: false,
      groupOf: ({ id }) => id,
      // The list of prompts tells neither the number of the newest version for sure nor labels.
      look: (looks) =>
        lookEach(looks, async ({ key }) => {
          const promptId = readPromptAddress(key);
          const listed = (await unlessNotFound(client.listPromptVersions(promptId))) ?? noVersions;
          const [fault] = listed.faults;
          if (fault !== undefined) throw fault;
          // Empty for a prompt that is not there, too (Datadog spec).
          if (listed.count === 0 && (await prompts.get(promptId)) === undefined) return undefined;
          const prompt = keyOf(key.address.source, 'PROMPT', promptId);
          const versions = newestFirst(listed).map(({ value }) =>
            mapPromptVersionHeader(prompt, value, null),
          );
          const [latest] = versions;
          return {
            exists: true,
            latest: latest === undefined ? null : { ref: latest.ref, number: latest.number },
            versions: versions
              .map(({ ref, number, name, description, labels }) => ({
                ref,
                number,
                name,
                description,
                labels,
              }))
              .reverse(),
            complete: true,
            deployments: undefined,
          };
        }),
    },
  };
}
