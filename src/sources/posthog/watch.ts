import type { LockstepError } from '../../domain/errors.ts';
import type { GlobalId, ResourceKey } from '../../domain/identity.ts';
import type { VersionMark, VersionsState } from '../../domain/watched-state.ts';
import type { BatchResult, Look, SourceWatch } from '../source.ts';
import { promptNameOf } from './addresses.ts';
import { lockstepErrorOf } from './batch.ts';
import type { PostHogClient } from './client.ts';
import { maximumVersionsAPage, promptsALook, versionsALook } from './limits.ts';
import { resolvePrompt } from './resolve-prompt.ts';
import type { PromptRow, ResolvedPrompt } from './schema.ts';

type PromptLook = Look<'PROMPT', VersionsState>;

interface Told {
  readonly id: string;
  readonly version: number;
  readonly labels?: readonly string[] | null | undefined;
}

/** A version never changes here but for its labels, which early servers do not have. */
function markOf({ id, version, labels }: Told): VersionMark {
  return { ref: id, number: version, name: null, description: null, labels: labels ?? null };
}

function stateOf(row: Told, versions: readonly VersionMark[]): VersionsState {
  return {
    exists: true,
    latest: { ref: row.id, number: row.version },
    versions,
    complete: false,
    deployments: undefined,
  };
}

/** The state with the versions made since the last look, as far as the history at hand goes; else a jump is told. */
function stateSince({ known }: PromptLook, { prompt, versions }: ResolvedPrompt): VersionsState {
  const before = known?.latest?.number ?? null;
  const newer = versions.good
    .map(({ value }) => value)
    .filter(({ version }) => before !== null && version > before && version < prompt.version)
    .sort((left, right) => left.version - right.version);
  return stateOf(prompt, [...newer.map(markOf), markOf(prompt)]);
}

function jumps({ known }: PromptLook, row: PromptRow): boolean {
  const before = known?.latest?.number ?? null;
  return before !== null && row.version > before + 1;
}

export function createWatch(client: PostHogClient): SourceWatch {
  /** Reads the database and records no event, unlike a read by name. */
  async function resolve(look: PromptLook, limit: number): Promise<VersionsState | undefined> {
    const resolved = await resolvePrompt(client, promptNameOf(look.key), { limit });
    return resolved === undefined ? undefined : stateSince(look, resolved);
  }

  async function lookAtMany(looks: readonly PromptLook[]): Promise<BatchResult<VersionsState>> {
    const found = new Map<GlobalId, VersionsState | LockstepError>();
    const missing = new Map<string, PromptLook>();
    for (const look of looks) {
      const name = promptNameOf(look.key);
      if (name !== undefined) missing.set(name, look);
    }
    /** What is read by itself, with how much of its history. */
    const alone: [PromptLook, number][] = [];
    let mayHide = false;
    for (let offset = 0; missing.size > 0; ) {
      const { results, count } = await client.prompts({ content: 'none', limit: promptsALook, offset });
      for (const { value: row } of results.good) {
        const look = missing.get(row.name);
        if (look === undefined) continue;
        missing.delete(row.name);
        if (jumps(look, row)) alone.push([look, row.version - (look.known?.latest?.number ?? 0)]);
        else found.set(look.key.id, stateOf(row, [markOf(row)]));
      }
      // A row that cannot be read may be any of them. An archived prompt moves those after it one place up, between
      // two pages past both.
      mayHide ||= results.bad.length > 0 || offset > 0;
      offset += results.count;
      if (results.count === 0 || offset >= count) break;
    }
    // One that is missing is then gone only if it is not found by name either.
    if (mayHide) {
      for (const look of missing.values())
        if (look.known?.exists !== false) alone.push([look, versionsALook]);
    }
    await Promise.all(
      alone.map(async ([look, versions]) => {
        try {
          const state = await resolve(look, Math.min(maximumVersionsAPage, versions));
          if (state !== undefined) found.set(look.key.id, state);
        } catch (error) {
          found.set(look.key.id, lockstepErrorOf(error));
        }
      }),
    );
    return found;
  }

  async function lookAtOne(look: PromptLook): Promise<BatchResult<VersionsState>> {
    const state = await resolve(look, versionsALook);
    return new Map(state === undefined ? [] : [[look.key.id, state]]);
  }

  return {
    promptVersions: {
      readsTell: true,
      groupOf: (_key: ResourceKey<'PROMPT'>) => 'prompts',
      look: (looks) => {
        const [only, ...more] = looks;
        return only !== undefined && more.length === 0 ? lookAtOne(only) : lookAtMany(looks);
      },
    },
  };
}
