import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { settings } from '../../src/config/settings.ts';
import { changeGapReasons } from '../../src/domain/change.ts';
import { errorCodes } from '../../src/domain/error-code.ts';
import { schema } from '../../src/schema/index.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { blocksOf, codeIn, deadLinks, pages, readPage, root } from './pages.ts';

const architecture = 'ARCHITECTURE.md';
const folders = /^(src|sandbox|test|docs|scripts|bench)\//;
/** The architecture names files of `src` without it. */
const layers = /^(schema|resolvers|loaders|coordination|sources|http|telemetry|domain|server)\//;
const namesAnyVendor = /[<*…]/;

/** Decisions tell what was decided then; what they name may have gone since. */
const current = pages.filter(({ path }) => !path.startsWith('docs/decisions/'));

describe('the documentation', () => {
  it.each(pages)('$path links to what is there', (page) => {
    expect(deadLinks(page)).toEqual([]);
  });

  it.each(current)('$path names files and folders that are there', (page) => {
    const named = codeIn(page).flatMap((code) => {
      if (namesAnyVendor.test(code) || code.includes(' ')) return [];
      if (folders.test(code)) return [code];
      return page.path === architecture && layers.test(code) ? [`src/${code}`] : [];
    });
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it.each(current)('$path names variables and codes that exist', (page) => {
    const known = new Set<string>([
      ...Object.keys(settings),
      ...errorCodes,
      ...changeGapReasons,
      'LOCKSTEP_CONFIG',
      'LOCKSTEP_SCREENSHOT',
      'CHROMIUM_PATH',
      // The code of an issue, beside INVALID_INPUT.
      'FOREIGN_CURSOR',
    ]);
    const named = codeIn(page).filter((code) => /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(code));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('shows queries that fit the schema', () => {
    const queries = blocksOf(readPage('docs/queries.md'), 'graphql');
    expect(queries.length).toBeGreaterThan(5);
    for (const query of queries) expect(validate(schema, parse(query)), query).toEqual([]);
  });

  it('says what to do for every code that a read can give', () => {
    const ofWrites = [
      'VERSION_CONFLICT',
      'DRAFT_LOCKED',
      'ALREADY_EXISTS',
      'PARTIAL_WRITE',
      'OUTCOME_UNKNOWN',
      'CURSOR_EXPIRED',
    ];
    const { text } = readPage('docs/queries.md');
    const missing = errorCodes.filter((code) => !text.includes(`| \`${code}\` |`));
    expect(missing.filter((code) => !ofWrites.includes(code))).toEqual([]);
  });

  it('names every metric', async () => {
    const names = (await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(3);
    const { text } = readPage('docs/operations.md');
    expect(names.filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
  });
});
