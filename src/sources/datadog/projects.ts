import type { LockstepError, SourceError } from '../../domain/errors.ts';
import type { GlobalId } from '../../domain/identity.ts';
import type { Project } from '../../domain/project.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { ProjectSource } from '../source.ts';
import { tokenStream } from '../streams.ts';
import { isUuid, readProjectAddress } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { cursorPages } from './cursor-pages.ts';
import { failureOf } from './failures.ts';
import { pageSizes } from './limits.ts';
import { lookUp } from './lookup.ts';
import { mapProject } from './mapping.ts';
import { mapCursorPage } from './page-rows.ts';

export function createProjectSource(source: SourceKey, client: DatadogClient): ProjectSource {
  return {
    listProjects: () =>
      tokenStream({
        idOf: (project) => project.id,
        fetchPage: async (cursor, limit) =>
          mapCursorPage(await client.listProjects({ cursor, limit }), (row) => mapProject(source, row)),
      }),

    async getProjects(keys) {
      const result = new Map<GlobalId, Project | LockstepError>();
      const wanted = new Map<string, GlobalId>();
      for (const key of keys) {
        try {
          const id = readProjectAddress(key);
          if (isUuid(id)) wanted.set(id, key.id);
        } catch (error) {
          result.set(key.id, failureOf(error));
        }
      }
      const found = await lookUp({
        ids: wanted.keys(),
        one: (id) => client.listProjects({ id }),
        page: (cursor) => client.listProjects({ cursor, limit: pageSizes.lookup }),
      });
      for (const [id, key] of wanted) {
        const row = found.get(id);
        if (row !== undefined) result.set(key, 'attributes' in row ? mapProject(source, row) : row);
      }
      return result;
    },
  };
}

export interface ProjectIds {
  readonly ids: readonly string[];
  /** Of rows in which not even an id can be read. */
  readonly faults: readonly SourceError[];
}

/** The ids of all projects, newest first. A project whose other fields cannot be read is one all the same. */
export async function readProjectIds(client: DatadogClient): Promise<ProjectIds> {
  const ids: string[] = [];
  const faults: SourceError[] = [];
  for await (const page of cursorPages((cursor) =>
    client.listProjects({ cursor, limit: pageSizes.lookup }),
  )) {
    for (const { value } of page.good) ids.push(value.id);
    page.bad.forEach(({ id }, index) => {
      const fault = page.faults[index];
      if (id !== undefined) ids.push(id);
      else if (fault !== undefined) faults.push(fault);
    });
  }
  return { ids, faults };
}
