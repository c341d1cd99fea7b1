/*
 * Plays every fault at every read and write of every vendor, and writes what came of it into docs/reliability.md,
 * between its two marks.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../docs/reliability.md', import.meta.url));
const marks = ['<!-- The campaign begins. -->', '<!-- The campaign ends. -->'] as const;

const letters: Readonly<Record<string, string>> = {
  SOURCE_UNAVAILABLE: 'U',
  SOURCE_TIMEOUT: 'T',
  SOURCE_CONTRACT_VIOLATION: 'V',
  RATE_LIMITED: 'L',
  CONFLICT: 'C',
  INVALID_INPUT: 'I',
  NOT_FOUND: 'N',
  ALREADY_EXISTS: 'E',
  DRAFT_LOCKED: 'D',
  OUTCOME_UNKNOWN: '?',
  PARTIAL_WRITE: 'P',
  SUCCESS: 'S',
};

type Cell = readonly [vendor: string, operation: string, fault: string, outcome: string];

function shorten(outcome: string): string {
  const [codes = '', times = ''] = outcome.split(' ×');
  const short = codes
    .split(' ')
    .map((code) => letters[code] ?? '')
    .join('');
  return times === '' ? short : `${short}${times}`;
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function tableOf(cells: readonly Cell[], faults: readonly string[]): string[] {
  const rows = unique(cells.map(([, operation]) => operation)).map((operation) => {
    const outcomes = faults.map((fault) => {
      const cell = cells.find(([, one, other]) => one === operation && other === fault);
      return cell === undefined ? '' : shorten(cell[3]);
    });
    return `| ${operation} | ${outcomes.join(' | ')} |`;
  });
  return [
    `| | ${faults.map((_, index) => index + 1).join(' | ')} |`,
    `| --- | ${faults.map(() => '---').join(' | ')} |`,
    ...rows,
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'faults-'));
const file = join(folder, 'matrix.jsonl');
writeFileSync(file, '');
const { status } = spawnSync('vitest', ['run', 'test/faults'], {
  stdio: 'inherit',
  env: { ...process.env, FAULTS: 'all', FAULTS_MATRIX: file },
});
// The campaign wrote it, a list a line.
const cells = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Cell);
rmSync(folder, { recursive: true });

const faults = unique(cells.map(([, , fault]) => fault)).sort();
const used = unique(cells.flatMap(([, , , outcome]) => outcome.split(' ×')[0]?.split(' ') ?? []));
const legend = used
  .filter((code) => letters[code] !== undefined)
  .map((code) => `${letters[code]} ${code}`)
  .join(', ');
const vendors = unique(cells.map(([vendor]) => vendor)).sort();
const text = [
  `${cells.length} cells. A letter says what a caller is told, the number how many requests the vendor received.`,
  '',
  `${legend}.`,
  '',
  ...faults.map((fault, index) => `${index + 1}. ${fault}`),
  ...vendors.flatMap((vendor) => {
    const own = cells.filter(([one]) => one === vendor);
    return ['', `### ${vendor}`, '', ...tableOf(own, faults)];
  }),
].join('\n');
const before = readFileSync(page, 'utf8');
const [start, end] = marks.map((mark) => before.indexOf(mark));
if (start === undefined || end === undefined || start < 0 || end < start) {
  throw new Error(`docs/reliability.md lacks the marks ${marks.join(' and ')}`);
}
writeFileSync(page, `${before.slice(0, start)}${marks[0]}\n\n${text}\n\n${before.slice(end)}`);
process.exitCode = status ?? 1;
