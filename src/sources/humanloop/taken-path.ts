import { keyOf } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { AlreadyExistsError } from '../../domain/write-errors.ts';
import type { FileRow } from './schema.ts';

/** That a path is taken, by the file that a look found there; by one of another kind, it is not known which. */
export function fileTaken(
  path: string,
  row: FileRow | undefined,
  source: SourceKey,
  kind: 'DATASET' | 'PROMPT',
): AlreadyExistsError {
  const existing = row === undefined ? null : keyOf(source, kind, row.id);
  return new AlreadyExistsError(
    `Humanloop has a file at the path "${path}" already. Nothing was written: take another name or directory, or change the one that is there.`,
    existing,
  );
}
