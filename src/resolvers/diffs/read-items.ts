import { hash } from 'node:crypto';
import type { DatasetItem } from '../../domain/dataset.ts';
import { SourceError, TooExpensiveError } from '../../domain/errors.ts';
import { type Vendor, vendorNames } from '../../domain/vendor.ts';
import type { ListStream } from '../../sources/source.ts';
import { canonicalJson } from './canonical-json.ts';
import type { PrintedItem } from './compare-items.ts';
import { contentOf } from './item-content.ts';
import type { SideName } from './sides.ts';

/** What one diff may hold in memory. Ours. */
export const diffLimits = {
  /** Items of each version. */
  items: 10_000,
  /** Characters of the items of both versions together, as JSON. */
  characters: 50_000_000,
} as const;

/** Rows that are asked for at a time; a vendor may give fewer. */
const pageSize = 1_000;

/** What both versions of one diff share while they are read. */
export interface ReadingOfDiff {
  characters: number;
  /** Set once one of the two has failed: the other need not be read to its end. */
  hasFailed: boolean;
}

function tooMuch(who: string, limit: number, what: string): TooExpensiveError {
  return new TooExpensiveError(
    `${who} more than the ${limit} ${what} that a diff compares. Compare smaller versions, or export both as CSV (\`/export/datasets/<id>.csv\`) and compare the files.`,
    limit,
  );
}

/** All items of a version, in its order. Throws where a vendor fails, for a row that cannot be read, and over a limit. */
export async function readItems(
  stream: ListStream<DatasetItem>,
  vendor: Vendor,
  side: SideName,
  reading: ReadingOfDiff,
): Promise<readonly PrintedItem[]> {
  // By id: a list that moves while it is read may show a row twice.
  const items = new Map<string, PrintedItem>();
  const seen = new Set<string>();
  let from: string | undefined;
  do {
    const page = await stream.fetch(from, pageSize);
    const [fault] = page.faults;
    // Without this row the diff would tell of it that it was removed, or added.
    if (fault !== undefined) throw fault;
    for (const item of page.items) {
      const text = canonicalJson(contentOf(item));
      reading.characters += text.length;
      items.set(item.id, { item, print: hash('sha256', text, 'base64url') });
    }
    if (items.size > diffLimits.items || (page.total ?? 0) > diffLimits.items) {
      throw tooMuch(`\`${side}\` has`, diffLimits.items, 'items');
    }
    if (reading.characters > diffLimits.characters) {
      throw tooMuch('`base` and `head` together have', diffLimits.characters, 'characters');
    }
    from = page.next;
    if (from === undefined) break;
    if (seen.has(from)) {
      throw new SourceError({
        code: 'SOURCE_CONTRACT_VIOLATION',
        vendor,
        message: `${vendorNames[vendor]} gave the same page of items twice: the end of \`${side}\` cannot be reached.`,
      });
    }
    seen.add(from);
  } while (!reading.hasFailed);
  return [...items.values()];
}
