import { appendFileSync } from 'node:fs';

/**
 * Notes what a cell of the campaign gave, a JSON line each, in the file that `FAULTS_MATRIX` names. `npm run
 * test:faults` makes the table of docs/reliability.md of them.
 */
export function note(vendor: string, operation: string, fault: string, outcome: string): void {
  const file = process.env['FAULTS_MATRIX'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify([vendor, operation, fault, outcome])}\n`);
}
