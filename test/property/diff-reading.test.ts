import { describe, expect, it } from 'vitest';
import type { DatasetItem } from '../../src/domain/dataset.ts';
import { SourceError, TooExpensiveError } from '../../src/domain/errors.ts';
import { diffLimits, type ReadingOfDiff, readItems } from '../../src/resolvers/diffs/read-items.ts';
import type { ListStream, StreamPage } from '../../src/sources/source.ts';
import { itemOf } from './diff-arbitraries.ts';

function item(number: number, text?: string): DatasetItem {
  const made = itemOf('1', { source: 'one', vendorId: `item ${number}`, stableId: null, input: number });
  return text === undefined ? made : { ...made, expectedOutput: text };
}

function page(items: readonly DatasetItem[], next: string | undefined): StreamPage<DatasetItem> {
  const positionAfter = (index: number): string => String(index);
  return { items, positionAfter, done: next === undefined, next, faults: [], total: null };
}

/** A list that gives a page for each number, and how many it has given. */
function listOf(pageAt: (number: number) => StreamPage<DatasetItem>) {
  let given = 0;
  const stream: ListStream<DatasetItem> = {
    key: '',
    fetch: async (from) => {
      given += 1;
      return pageAt(Number(from ?? 0));
    },
  };
  return { stream, given: () => given };
}

function begin(): ReadingOfDiff {
  return { characters: 0, hasFailed: false };
}

describe('reading a version for a diff', () => {
  it('stops at the ceiling of items, where the vendor does not tell how many there are', async () => {
    const size = 500;
    const items = (number: number) => Array.from({ length: size }, (_, index) => item(number * size + index));
    const { stream, given } = listOf((number) => page(items(number), String(number + 1)));
    const read = readItems(stream, 'DATADOG', 'head', begin());
    await expect(read).rejects.toThrow(TooExpensiveError);
    await expect(read).rejects.toThrow(`\`head\` has more than the ${diffLimits.items} items`);
    expect(given()).toBe(diffLimits.items / size + 1);
  });

  it('stops at the ceiling of characters, which both versions share', async () => {
    const text = 'x'.repeat(1_000_000);
    const { stream, given } = listOf((number) => page([item(number, text)], String(number + 1)));
    const reading: ReadingOfDiff = { characters: diffLimits.characters - 2_500_000, hasFailed: false };
    await expect(readItems(stream, 'DATADOG', 'base', reading)).rejects.toThrow(
      `\`base\` and \`head\` together have more than the ${diffLimits.characters} characters`,
    );
    expect(given()).toBe(3);
  });

  it('ends where the vendor never would', async () => {
    const { stream, given } = listOf((number) =>
      page([item(number)], number === 2 ? '1' : String(number + 1)),
    );
    const read = readItems(stream, 'HUMANLOOP', 'base', begin());
    await expect(read).rejects.toThrow(SourceError);
    await expect(read).rejects.toThrow(/Humanloop gave the same page of items twice.*`base`/);
    expect(given()).toBe(3);
  });

  it('ends once the other version has failed', async () => {
    const reading = begin();
    const { stream, given } = listOf((number) => {
      reading.hasFailed = number === 1;
      return page([item(number)], String(number + 1));
    });
    await readItems(stream, 'POSTHOG', 'base', reading);
    expect(given()).toBe(2);
  });

  it('gives a row that comes twice once, as it came last', async () => {
    const { stream } = listOf((number) =>
      number === 0 ? page([item(1, 'old'), item(2)], '1') : page([item(1, 'new'), item(3)], undefined),
    );
    const read = await readItems(stream, 'POSTHOG', 'base', begin());
    expect(read.map((one) => [one.item.vendorId, one.item.expectedOutput])).toEqual([
      ['item 1', 'new'],
      ['item 2', null],
      ['item 3', null],
    ]);
    expect(new Set(read.map(({ print }) => print)).size).toBe(3);
  });
});
