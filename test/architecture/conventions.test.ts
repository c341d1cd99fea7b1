import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/credentials.ts';
import { humanloopCredentials } from '../../sandbox/humanloop/credentials.ts';
import { posthogCredentials } from '../../sandbox/posthog/credentials.ts';
import { readRules, root } from './cruise-tree.ts';

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const longestFile = 350;
/** Written by tools, or by others. */
const notOurs = /^(package-lock\.json|test\/generated\/|test\/vendors\/)/;
const isText = /(\.(ts|mjs|json|md|graphql|yml|yaml|html|css|csv)|\/[^./]+|^\.[a-z]+)$/;

/** What git has, and what it is about to have. */
async function readFiles(): Promise<readonly SourceFile[]> {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = await promisify(execFile)('git', list, { cwd: root, maxBuffer: 2 ** 24 });
  const paths = stdout.split('\n').filter((path) => path !== '' && isText.test(path));
  const read = paths.map(async (path): Promise<SourceFile[]> => {
    try {
      return [{ path, text: await readFile(join(root, path), 'utf8') }];
    } catch {
      // It was just removed.
      return [];
    }
  });
  return (await Promise.all(read)).flat();
}

let files: readonly SourceFile[] = [];

beforeAll(async () => {
  files = (await readFiles()).filter(({ path }) => !notOurs.test(path));
});

function code(folders: RegExp): readonly SourceFile[] {
  const found = files.filter(({ path }) => folders.test(path) && /\.(ts|mjs)$/.test(path));
  // A test that looks at nothing would pass.
  expect(found.length).toBeGreaterThan(3);
  return found;
}

/** `path:line` of each match. */
function places(among: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return among.flatMap(({ path, text }) =>
    Array.from(text.matchAll(pattern), ({ index }) => `${path}:${text.slice(0, index).split('\n').length}`),
  );
}

/** A pattern of words, put together so that this file does not hold what it looks for. */
function words(flags: string, ...alternatives: readonly (readonly string[])[]): RegExp {
  return new RegExp(alternatives.map((pieces) => pieces.join('')).join('|'), flags);
}

describe('the source', () => {
  it(`has no file of more than ${longestFile} lines`, () => {
    const long = code(/^(src|sandbox|test|scripts|bench)\//).map(({ path, text }) => ({
      path,
      lines: text.split('\n').length - 1,
    }));
    expect(long.filter(({ lines }) => lines > longestFile)).toEqual([]);
  });

  it('exports by name only', () => {
    const pattern = words('gm', ['^export ', 'default\\b'], ['\\bas ', 'default\\b'], ['^export =']);
    expect(places(code(/^(src|sandbox|test|scripts|bench)\//), pattern)).toEqual([]);
  });

  it('leaves nothing to be done later', () => {
    const pattern = words(
      'g',
      ['\\bTO', 'DO\\b'],
      ['\\bFIX', 'ME\\b'],
      ['\\bXX', 'X\\b'],
      ['@ts-', 'ignore'],
      ['@ts-', 'nocheck'],
    );
    expect(places(code(/^(src|sandbox|test|scripts|bench)\//), pattern)).toEqual([]);
  });

  it('runs every test, and waits for none by the clock', () => {
    const pattern = words(
      'g',
      ['\\b(it|test|describe|suite)(\\.\\w+)*\\.(skip|only|todo|fails|skipIf|runIf)', '\\b'],
      ['\\b(xit|xdescribe|fit|fdescribe)', '\\('],
    );
    // What needs a server that is not there is reported as skipped, and by nothing else.
    const unlessThere = /describe\.skipIf\(redisBinary === undefined\)/g;
    const tests = code(/^test\//).map(({ path, text }) => ({
      path,
      text: text.replace(unlessThere, 'describe'),
    }));
    expect(places(tests, pattern)).toEqual([]);
    // The clock of properties is made up: it goes on when it is told to. A client of the fuzzer leaves when nothing comes.
    const clock = words('g', ['\\bset(Timeout|Interval)', '\\b']);
    expect(places(code(/^test\/(?!property\/|fuzz\/)/), clock)).toEqual([]);
  });

  it('has names in kebab-case', () => {
    const name = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
    const odd = files.filter(
      ({ path }) =>
        /^(src|sandbox|test|scripts|bench|docs)\//.test(path) &&
        path.split('/').some((part) => !name.test(part) && part !== 'README.md'),
    );
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  it('has every file of src in a layer that the import rule knows', async () => {
    const { forbidden } = await readRules();
    const rule = forbidden.find(({ name }) => name === 'no-file-beside-the-layers');
    const layers = [rule?.from.pathNot ?? []].flat().map((pattern) => new RegExp(pattern));
    expect(layers.length).toBeGreaterThan(0);
    const paths = files.map(({ path }) => path).filter((path) => path.startsWith('src/'));
    expect(paths.filter((path) => !layers.some((layer) => layer.test(path)))).toEqual([]);
  });
});

describe('what is published', () => {
  it('holds no secret of a shape that hosts and tools give out', () => {
    const pattern = words(
      'g',
      ['-----BEGIN ', '[A-Z ]*PRIVATE KEY'],
      ['\\bgh[pousr]_', '[A-Za-z0-9]{36,}'],
      ['\\bgithub_pat_', '\\w{40,}'],
      ['\\bAKIA', '[0-9A-Z]{16}\\b'],
      ['\\bxox[abprs]-', '[\\w-]{10,}'],
      ['\\bsk-', '[A-Za-z0-9_-]{32,}'],
      ['\\bnpm_', '[A-Za-z0-9]{36}\\b'],
      ['\\beyJ', '[\\w-]{10,}\\.eyJ[\\w-]{10,}'],
    );
    expect(places(files, pattern)).toEqual([]);
  });

  it('holds keys of the three vendors that the sandbox made up, and no others', () => {
    // Datadog's, PostHog's and Humanloop's, as each looks.
    const keys = /\b(?:[0-9a-f]{32}|[0-9a-f]{40}|ph[xcs]_[A-Za-z0-9]{30,}|hl_sk_[0-9a-f]{40,})\b/g;
    const credentials = JSON.stringify([datadogCredentials, humanloopCredentials, posthogCredentials]);
    const isMadeUp = new Set(credentials.match(keys));
    expect(isMadeUp.size).toBeGreaterThan(5);
    const others = files.flatMap(({ path, text }) =>
      (text.match(keys) ?? []).filter((key) => !isMadeUp.has(key)).map((key) => `${path}: ${key}`),
    );
    expect(others).toEqual([]);
  });

  it('names no path of the machine that it was written on, and no registry but the public one', async () => {
    const pattern = words(
      'g',
      ['/wo', 'rk/'],
      ['\\.\\./sha', 'red'],
      ['/ho', 'me/[a-z]'],
      ['/Us', 'ers/[A-Za-z]'],
      ['/ro', 'ot/'],
      ['\\bC:\\\\\\\\?Us', 'ers'],
    );
    expect(places(files, pattern)).toEqual([]);
    const settings = files.filter(({ path }) => path.endsWith('.npmrc'));
    expect(places(settings, /registry/g)).toEqual([]);
    const lock = await readFile(join(root, 'package-lock.json'), 'utf8');
    const hosts = new Set(
      Array.from(lock.matchAll(/"resolved": "([a-z+]+:\/\/[^/"]+)/g), ([, host]) => host),
    );
    expect([...hosts].filter((host) => host !== 'https://registry.npmjs.org')).toEqual([]);
  });
});
