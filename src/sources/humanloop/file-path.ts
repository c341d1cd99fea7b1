import { type InputIssue, InvalidInputError } from '../../domain/errors.ts';
import { faultsOf } from '../parsing.ts';
import type { ListQuery, PageAnswer } from './client.ts';
import { limits } from './limits.ts';
import type { FileRow } from './schema.ts';

/** The directory of a path; empty at the root. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * The path of a name in a directory. Slashes at the ends of the directory are dropped: the vendor's own paths have
 * none. Throws InvalidInputError for what would not come out as the name and the directory that were given.
 */
export function joinPath(directory: string, name: string, nameField = 'name'): string {
  checkName(name, nameField);
  const trimmed = directory.replace(/^\/+|\/+$/g, '');
  if (trimmed === '') return name;
  if (trimmed.split('/').some((segment) => segment.trim() === '')) {
    throw refused({ path: ['directoryPath'], message: 'has a folder without a name' });
  }
  return `${trimmed}/${name}`;
}

/** Throws InvalidInputError for a name that is more than the last part of a path, or none. */
export function checkName(name: string, field: string): void {
  if (name.trim() === '') throw refused({ path: [field], message: 'must not be blank' });
  if (name.includes('/')) {
    throw refused({ path: [field], message: 'must not hold a slash, which separates folders' });
  }
}

function refused(issue: InputIssue): InvalidInputError {
  return new InvalidInputError(
    `Humanloop files are named by a path of folders and a name: \`${issue.path.join('.')}\` ${issue.message}.`,
    [issue],
  );
}

/**
 * The file of a path, among those that a list shows. The vendor has a read by path too; it is not used, because it
 * finds nothing of a file whose default environment is empty, and is a POST, which the way out takes for a write:
 * one that breaks off would be told as a write of unknown outcome.
 */
export async function findByPath<Row extends FileRow>(
  list: (query: ListQuery) => Promise<PageAnswer<Row>>,
  path: string,
): Promise<Row | undefined> {
  // What is made while this reads comes last, so that no page shifts for it.
  const query = { name: nameOf(path), sortBy: 'created_at', order: 'asc' } as const;
  let seen = 0;
  for (let page: number = limits.firstPage; ; page += 1) {
    const { records, total } = await list({ ...query, page, size: limits.filesPage });
    for (const { value } of records.good) if (value.path === path) return value;
    // One that cannot be read might be it: nothing may be written to a path that is perhaps taken.
    const [fault] = faultsOf('HUMANLOOP', 'a list of files', records.bad);
    if (fault !== undefined) throw fault;
    seen += records.count;
    if (records.count === 0 || seen >= total) return undefined;
  }
}
