import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Left } from './changes-joins.ts';

const script = fileURLToPath(new URL('./changes-joins.ts', import.meta.url));

describe('ten thousand subscribers that join and leave', () => {
  it('leave nothing behind: no timer, socket, watch or memory', { timeout: 120_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script], {
      env: { PATH: process.env['PATH'] },
    });
    // What the script says it writes.
    const { before, after } = JSON.parse(stdout) as { readonly before: Left; readonly after: Left };
    expect(after).toMatchObject({ subscribers: 0, loops: 0 });
    const { Timeout: timersBefore = 0, ...handlesBefore } = before.resources;
    const { Timeout: timersAfter = 0, ...handlesAfter } = after.resources;
    // Not one for each that was there, nor for every thousandth of them: calls and sockets come and go beside.
    expect(timersAfter).toBeLessThanOrEqual(timersBefore + 10);
    const count = (handles: Readonly<Record<string, number>>): number =>
      Object.values(handles).reduce((sum, one) => sum + one, 0);
    expect(count(handlesAfter)).toBeLessThanOrEqual(count(handlesBefore) + 10);
    // Less than half a kilobyte for each.
    expect(after.heap - before.heap).toBeLessThan(5_000_000);
  });
});
