import { NotFoundError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { PromptVersion } from '../../domain/prompt.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { faultsOf, type GoodRow } from '../parsing.ts';
import type { RawPage } from '../streams.ts';
import { lockstepErrorOf } from './batch.ts';
import { endpoints, type PostHogClient } from './client.ts';
import { maximumVersionsAPage } from './limits.ts';
import { mapVersion, mapVersionSummary } from './prompt-mapping.ts';
import type { ResolvedPrompt, VersionSummary } from './schema.ts';

/** Whose history is read, and whether with content, which takes a request a version. */
export interface PromptHistory {
  readonly source: SourceKey;
  readonly client: PostHogClient;
  readonly prompt: ResourceKey<'PROMPT'>;
  readonly name: string;
  readonly content: boolean;
}

/** The version with its content; without it when that cannot be had, which whoever reads the content is told. */
async function readWhole(history: PromptHistory, row: VersionSummary): Promise<PromptVersion> {
  const { source, client, prompt, name } = history;
  try {
    const { prompt: whole } = await client.resolve(name, { versionId: row.id, limit: 1 });
    return mapVersion(source, prompt, whole);
  } catch (error) {
    lockstepErrorOf(error);
    return mapVersionSummary(source, prompt, name, row);
  }
}

/** `has_more` decides: a page may hold less than was asked for, since 100 versions are the most. */
function totalOf({ prompt, versions, has_more: hasMore }: ResolvedPrompt, offset: number): number {
  const end = offset + versions.count;
  const told = prompt.version_count ?? 0;
  if (hasMore) return Math.max(told, end + 1);
  return versions.count === 0 ? told : end;
}

/** A part of a prompt's history, newest first. */
export async function readVersionPage(
  history: PromptHistory,
  offset: number,
  limit: number,
): Promise<RawPage<PromptVersion>> {
  const { source, client, prompt, name, content } = history;
  const resolved = await client.resolve(name, { offset, limit: Math.min(limit, maximumVersionsAPage) });
  const latest = resolved.prompt;
  if (latest.name !== name) throw new NotFoundError(`PostHog has no prompt ${name}.`);
  const good = await Promise.all(
    resolved.versions.good.map(async ({ index, value: row }): Promise<GoodRow<PromptVersion>> => {
      // The latest comes whole with every answer.
      if (row.id === latest.id) return { index, value: mapVersion(source, prompt, latest) };
      const value = content ? await readWhole(history, row) : mapVersionSummary(source, prompt, name, row);
      return { index, value };
    }),
  );
  return {
    good,
    count: resolved.versions.count,
    faults: faultsOf('POSTHOG', endpoints.resolve, resolved.versions.bad),
    total: totalOf(resolved, offset),
  };
}
