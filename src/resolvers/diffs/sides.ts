import { NotFoundError } from '../../domain/errors.ts';

/** The arguments of a diff. */
export type SideName = 'base' | 'head';

/** Says of which of the two versions it is that there is no such one. */
export async function tellingSide<T>(side: SideName, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof NotFoundError ? new NotFoundError(`\`${side}\`: ${error.message}`) : error;
  }
}
