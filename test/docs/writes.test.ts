import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { mutationNames } from '../e2e/writing.ts';
import { blocksOf, readPage, rowsOf } from './pages.ts';

const page = readPage('docs/writes.md');

describe('docs/writes.md', () => {
  it('shows operations that fit the schema, those in its commands too', () => {
    const shown = blocksOf(page, 'graphql');
    const sent = blocksOf(page, 'sh').flatMap((command) => /"query": "(.+?)",\n/.exec(command)?.[1] ?? []);
    expect([shown.length, sent.length]).toEqual([2, 1]);
    for (const document of [...shown, ...sent])
      expect(validate(schema, parse(document)), document).toEqual([]);
  });

  it('says of every mutation what each vendor can do', () => {
    const [, table = ''] = page.text.split('\n## What each vendor can do\n');
    const named = rowsOf(table.split('\n## ')[0] ?? '').flatMap(
      ([names = '']) => names.match(/[\w]+/g) ?? [],
    );
    expect(named.toSorted()).toEqual(mutationNames.toSorted());
  });

  it('says of every mutation what to read when its outcome is unknown', () => {
    const [, part = ''] = page.text.split('\n## Unknown outcomes\n');
    const known = part.split('\n## ')[0] ?? '';
    expect(mutationNames.filter((name) => !known.includes(`\`${name}\``))).toEqual([]);
  });
});
