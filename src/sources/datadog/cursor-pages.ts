import { SourceError } from '../../domain/errors.ts';

interface Page {
  readonly after: string | undefined;
}

/** The pages of a cursor-paged list from its beginning, each read when it is asked for. */
export async function* cursorPages<P extends Page>(
  read: (cursor: string | undefined) => Promise<P>,
): AsyncGenerator<P, void> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    yield page;
    cursor = page.after;
    if (cursor === undefined) return;
    if (seen.has(cursor)) {
      throw new SourceError({
        code: 'SOURCE_CONTRACT_VIOLATION',
        vendor: 'DATADOG',
        message: 'Datadog sent the same page cursor twice within one list: its end cannot be reached.',
      });
    }
    seen.add(cursor);
  } while (true);
}
