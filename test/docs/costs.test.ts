import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { settings } from '../../src/config/settings.ts';
import { assumed } from '../../src/sources/costs.ts';
import { startTestGateway } from '../support/gateway.ts';
import { post } from '../support/graphql-post.ts';
import { blocksOf, readPage, root } from './pages.ts';

const page = readPage('docs/costs.md');

describe('docs/costs.md', () => {
  it('shows what the gateway answers to an operation that costs too much', async () => {
    const gateway = await startTestGateway();
    try {
      const { status, text } = await post(gateway.url, { query: blocksOf(page, 'graphql')[0] });
      expect([status, JSON.parse(text)]).toEqual([400, JSON.parse(blocksOf(page, 'json')[0] ?? '')]);
    } finally {
      await gateway.dispose();
    }
  });

  it('has the table that the fields and vendors say', async () => {
    const script = ['scripts/print-costs.ts', '--check'];
    await expect(promisify(execFile)(process.execPath, script, { cwd: root })).resolves.toBeDefined();
  });

  it('names the numbers that are in use', () => {
    const numbers = [
      settings.MAX_COST.default,
      settings.MAX_UPSTREAM_CALLS.default,
      settings.ASSUMED_PROJECTS.default,
      ...Object.values(assumed),
    ];
    const shown = numbers.map((number) => Number(number).toLocaleString('en-US'));
    expect(shown.filter((number) => !page.text.includes(` ${number}`))).toEqual([]);
  });
});
