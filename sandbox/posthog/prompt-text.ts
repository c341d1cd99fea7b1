const previewLength = 160;

/** JSON with Python's default blanks after commas and colons. */
export function dumpJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(dumpJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, member]) => `${JSON.stringify(name)}: ${dumpJson(member)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** What current servers return: text as it is, anything else as its JSON dump. */
export function promptAsText(prompt: unknown): string {
  return typeof prompt === 'string' ? prompt : dumpJson(prompt);
}

/** Bytes of the compact UTF-8 JSON; a text counts its quotes and escapes. What the size limit is compared with. */
export function compactSize(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Assumption: the list's `prompt_size_bytes` counts the stored column's JSON text, quotes and escapes included. */
export function listedSize(prompt: unknown): number {
  return Buffer.byteLength(dumpJson(prompt));
}

export function previewOf(prompt: unknown): string {
  const text = promptAsText(prompt);
  const start = Array.from(text.slice(0, 2 * previewLength + 2));
  return start.length > previewLength ? `${start.slice(0, previewLength).join('')}...` : text;
}

/**
 * The headings of a prompt, flat. A closing run of `#` is dropped, empty headings are skipped, and a `# comment`
 * inside a code fence counts, since fences are not recognised (vendor facts).
 */
export function outlineOf(prompt: unknown): { level: number; text: string }[] {
  return promptAsText(prompt)
    .split('\n')
    .flatMap((line) => {
      const match = /^(#{1,6})\s+(.*)$/.exec(line.trim());
      if (match === null) return [];
      const [, marks = '', rest = ''] = match;
      const text = rest.replace(/(?:^|\s+)#+$/, '').trim();
      return text === '' ? [] : [{ level: marks.length, text }];
    });
}
