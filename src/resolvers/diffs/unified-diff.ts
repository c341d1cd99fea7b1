import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk, structuredPatch } from 'diff';

/** Unchanged lines that are shown around a change. */
const context = 3;
/**
 * Lines added and removed up to which the shortest diff is looked for. Ours: the search takes the square of it, and
 * nobody else is served meanwhile.
 */
const longestSearch = 500;

interface NamedText {
  /** What stands beside the name in the header of the diff. */
  readonly ref: string;
  readonly text: string;
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function marked(mark: string, lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) =>
    line.endsWith('\n') ? [mark + line.slice(0, -1)] : [mark + line, '\\ No newline at end of file'],
  );
}

/** All between the first and the last line that differ, taken out and put in. */
function replaceAll(before: readonly string[], after: readonly string[]): StructuredPatchHunk {
  const shorter = Math.min(before.length, after.length);
  let top = 0;
  while (top < shorter && before[top] === after[top]) top += 1;
  let bottom = 0;
  while (bottom < shorter - top && before.at(-1 - bottom) === after.at(-1 - bottom)) bottom += 1;
  const start = Math.max(0, top - context);
  const end = before.length - Math.max(0, bottom - context);
  return {
    oldStart: start + 1,
    oldLines: end - start,
    newStart: start + 1,
    newLines: end - start + after.length - before.length,
    lines: [
      ...marked(' ', before.slice(start, top)),
      ...marked('-', before.slice(top, before.length - bottom)),
      ...marked('+', after.slice(top, after.length - bottom)),
      ...marked(' ', before.slice(before.length - bottom, end)),
    ],
  };
}

/**
 * The unified diff of two texts, empty when they are equal. Applied to the base it gives the head. It is the shortest
 * one, unless that has more than {@link longestSearch} lines.
 */
export function unifiedDiff(base: NamedText, head: NamedText): string {
  if (base.text === head.text) return '';
  const names = ['base', 'head'] as const;
  const shortest = structuredPatch(...names, base.text, head.text, base.ref, head.ref, {
    context,
    maxEditLength: longestSearch,
  });
  const patch = shortest ?? {
    oldFileName: names[0],
    newFileName: names[1],
    oldHeader: base.ref,
    newHeader: head.ref,
    hunks: [replaceAll(linesOf(base.text), linesOf(head.text))],
  };
  return formatPatch(patch, FILE_HEADERS_ONLY);
}
