import { MemoryLog } from '../../src/changes/memory-log.ts';
import { describeChangeLog } from './change-log.ts';

describeChangeLog('in memory', async (bounds) => {
  let time = 1_790_000_000_000;
  const log = new MemoryLog({ ...bounds, now: () => time });
  return {
    log,
    pass: async (milliseconds) => {
      time += milliseconds;
    },
    restart: async () => new MemoryLog({ ...bounds, now: () => time }),
    dispose: () => log.dispose(),
  };
});
