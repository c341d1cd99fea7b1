import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { DatadogFailure } from './datadog-failure.ts';
import type { Instant } from './instant.ts';
import type { DatadogSwitches } from './switches.ts';
import type { DatadogContext } from './vendor.ts';

const Cursor = z.object({
  /** Which list it belongs to. */
  list: z.string(),
  at: z.number(),
  id: z.string(),
  version: z.number().optional(),
});
/** The place of the last item of a page; the version is the one that a list of records was read at. */
export type Cursor = z.infer<typeof Cursor>;

/** The wish for a page: where it starts and how many items it has. */
export interface PageWish {
  readonly cursor: Cursor | undefined;
  readonly limit: number;
}

function decode(text: string): Cursor | undefined {
  try {
    return Cursor.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

/**
 * Reads `page[cursor]` and `page[limit]`. Assumptions: a cursor of another list, or one that cannot be read, is a
 * 400; so is a limit that is no positive whole number; a larger limit than the maximum is clamped (documented for
 * experiments).
 */
export function readPageWish(context: DatadogContext, list: string, switches: DatadogSwitches): PageWish {
  const cursorText = context.req.query('page[cursor]');
  const cursor = cursorText === undefined || cursorText === '' ? undefined : decode(cursorText);
  if (cursorText && cursor?.list !== list) {
    throw new DatadogFailure(400, 'invalid page cursor', { parameter: 'page[cursor]' });
  }
  const limitText = context.req.query('page[limit]');
  if (limitText !== undefined && !/^[1-9]\d{0,8}$/.test(limitText)) {
    throw new DatadogFailure(400, 'invalid page limit', { parameter: 'page[limit]' });
  }
  return { cursor, limit: Math.min(Number(limitText ?? Infinity), switches.pageLimitMaximum) };
}

/** Cuts the page out of a list that is newest first; `after` is the cursor of the next one, if there is any. */
export function cutPage<T extends { readonly id: string; readonly createdAt: Instant }>(
  newestFirst: readonly T[],
  wish: PageWish,
  list: string,
  version?: number,
): { items: readonly T[]; after: string | undefined } {
  const { cursor, limit } = wish;
  const start =
    cursor === undefined
      ? 0
      : newestFirst.findIndex(
          ({ createdAt, id }) => createdAt < cursor.at || (createdAt === cursor.at && id < cursor.id),
        );
  const items = start === -1 ? [] : newestFirst.slice(start, start + limit);
  const last = items.at(-1);
  if (last === undefined || start + limit >= newestFirst.length) return { items, after: undefined };
  const next: Cursor = {
    list,
    at: last.createdAt,
    id: last.id,
    ...(version === undefined ? {} : { version }),
  };
  return { items, after: Buffer.from(JSON.stringify(next)).toString('base64url') };
}
