import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** A page of documentation; `path` is from the root of the repository. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

function markdownIn(directory: string): readonly string[] {
  return readdirSync(join(root, directory))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(directory, name));
}

/** Every page that people read. */
export const pages: readonly Page[] = [
  ...markdownIn('.'),
  ...markdownIn('docs'),
  ...markdownIn('docs/decisions'),
].map(readPage);

/** The contents of the fenced blocks of a language, in order. */
export function blocksOf(page: Page, language: string): readonly string[] {
  const blocks: string[] = [];
  for (const [, kind, content] of page.text.matchAll(/^```(\w*)\n(.*?)^```$/gms)) {
    if (kind === language && content !== undefined) blocks.push(content);
  }
  return blocks;
}

/** What stands in code within sentences. */
export function codeIn(page: Page): readonly string[] {
  const sentences = page.text.replaceAll(/^```.*?^```$/gms, '');
  return Array.from(sentences.matchAll(/`([^`\n]+)`/g), ([, code]) => code ?? '');
}

/** The rows of all tables, cell by cell, without heads. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Links that lead nowhere: to files that are not there, or to headings that their page has not. */
export function deadLinks(page: Page): readonly string[] {
  const links = Array.from(page.text.matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target ?? '');
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', heading] = link.split('#');
    const target = path === '' ? page.path : relative(root, resolve(root, dirname(page.path), path));
    if (!existsSync(join(root, target))) return true;
    return heading !== undefined && !headingsOf(readPage(target)).includes(heading);
  });
}

/** The anchors of a page, as GitHub makes them. */
function headingsOf(page: Page): readonly string[] {
  return Array.from(page.text.matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
