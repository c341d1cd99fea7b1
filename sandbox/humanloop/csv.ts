/** What went wrong while reading a CSV text. */
export class CsvError extends Error {}

/**
 * Rows of cells by RFC 4180: commas, double quotes doubled inside quotes, CRLF or LF; a byte order mark and
 * empty lines are skipped.
 */
export function parseCsv(source: string): string[][] {
  const text = source.replace(/^\uFEFF/, '');
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  let at = 0;

  function endRow(): void {
    row.push(cell);
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    cell = '';
  }

  while (at < text.length) {
    const character = text.charAt(at);
    at += 1;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text.charAt(at) === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') {
      row.push(cell);
      cell = '';
    } else if (character === '\n') endRow();
    else if (character !== '\r' || text.charAt(at) !== '\n') cell += character;
  }
  if (quoted) throw new CsvError('a quoted cell has no end');
  if (cell !== '' || row.length > 0) endRow();
  return rows;
}
