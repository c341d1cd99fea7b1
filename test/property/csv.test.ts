import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCell, writeCell, writeRows } from '../../src/resolvers/writes/csv-items.ts';
import { readCsv } from '../../src/resolvers/writes/read-csv.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const runs = { seed: 20_260_112, numRuns: 200 };

/** Texts full of what means something in CSV. */
const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'a', 'é', '🎉'), maxLength: 8 }),
  fc.string({ unit: 'grapheme' }),
);
const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 20 });

describe('a cell of an export', () => {
  it('reads back as the JSON that it was written from', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // What arrives from a vendor has been through JSON: there is no negative zero any more.
        const json = JSON.parse(JSON.stringify(value));
        expect(readCell(writeCell(json))).toEqual(json ?? undefined);
      }),
      { ...runs, numRuns: 500 },
    );
  });

  it('reads back as the text that it was written from', () => {
    fc.assert(
      fc.property(fc.oneof(cell, fc.double().map(String), fc.bigInt().map(String)), (text) => {
        expect(readCell(writeCell(text))).toBe(text);
      }),
      { ...runs, numRuns: 500 },
    );
  });
});

describe('a file', () => {
  it('gives the cells that were written, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (written) => {
        const { rows: read, rejected } = await readCsv(encode(writeRows([['a', 'b', 'c'], ...written])));
        expect(rejected).toEqual([]);
        expect(read.map(({ cells }) => [cells['a'], cells['b'], cells['c']])).toEqual(written);
      }),
      runs,
    );
  });

  it('tells the line that each row begins on, whatever its lines end with', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n', '\r'), async (written, end) => {
        let text = `a,b,c${end}`;
        const begins: number[] = [];
        for (const row of written) {
          begins.push(text.split(/\r\n|\n|\r/).length);
          text += stringify([row], { quoted: true, record_delimiter: end });
        }
        const { rows: read } = await readCsv(encode(text));
        expect(read.map(({ line }) => line)).toEqual(begins);
      }),
      runs,
    );
  });

  it('gives or names each of its lines, however wrong it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 12 }), async (wrong) => {
        const text = `a,b,c\n${wrong.join('\n')}\nlast,good,row\n`;
        const { rows: read, rejected } = await readCsv(encode(text));
        const lines = text.split(/\r\n|\n|\r/).length - 1;
        for (const { path } of rejected) {
          const line = Number(path[2]);
          expect(line).toBeGreaterThan(1);
          expect(line).toBeLessThanOrEqual(lines);
        }
        // What is not given is named: the last row is one of the two, or part of a quoted cell that is.
        expect(read.length + rejected.length).toBeGreaterThan(0);
      }),
      runs,
    );
  });
});
