import { InvalidInputError } from '../../domain/errors.ts';

/**
 * Refuses what no version id can be. Ids are opaque; but an empty selector would select nothing, so that the
 * answer would be that of a plain read.
 */
export function checkVersionRef(ref: string, path: readonly string[] = ['ref']): void {
  if (ref.trim() !== '') return;
  throw new InvalidInputError(
    'A Humanloop version is named by its id (dsv_… or prv_…), which is not empty.',
    [{ path, message: 'must not be empty' }],
  );
}
