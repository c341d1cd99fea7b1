/*
 * Sends 100,000 made-up operations and 100,000 made-up messages to a gateway over the sandbox, and prints what came of
 * it: what was answered, and how its memory has grown. Ends with 1 when anything was not as it should be. FUZZ_SEED
 * repeats a run; FUZZ_OPERATIONS and FUZZ_MESSAGES make it shorter or longer. Loopback only.
 */
import { startSandbox } from '../sandbox/index.ts';
import { fuzz } from '../test/fuzz/fuzz.ts';
import { startFuzzGateway } from '../test/fuzz/fuzz-gateway.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const operations = Number(process.env['FUZZ_OPERATIONS'] ?? 100_000);
const messages = Number(process.env['FUZZ_MESSAGES'] ?? 100_000);
const MiB = 1024 * 1024;

console.log(`seed ${seed}: ${operations} operations, ${messages} messages`);
const sandbox = await startSandbox();
const gateway = await startFuzzGateway(sandbox.environment, { heapMiB: 512, collects: true });
const startedAt = Date.now();
const samples: { readonly part: number; readonly heap: number; readonly resident: number }[] = [];

const { outcomes, problems } = await fuzz(gateway, sandbox, {
  seed,
  operations,
  messages,
  onProgress: async (done, all) => {
    const { heap, resident } = await gateway.memory();
    samples.push({ part: done / all, heap, resident });
    console.log(
      `${done} of ${all}: heap ${(heap / MiB).toFixed(1)} MiB, resident ${(resident / MiB).toFixed(1)} MiB`,
    );
  },
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const of = (member: 'heap' | 'resident', from: number, to: number): number =>
  median(samples.filter(({ part }) => part >= from && part < to).map((sample) => sample[member])) / MiB;
const seconds = (Date.now() - startedAt) / 1_000;
console.log(`\n${seconds.toFixed(0)} s`);
for (const [outcome, count] of [...outcomes].toSorted((a, b) => b[1] - a[1]))
  console.log(`${count}\t${outcome}`);
const grown: string[] = [];
for (const member of ['heap', 'resident'] as const) {
  const [second, last] = [of(member, 1 / 3, 2 / 3), of(member, 2 / 3, 1)];
  console.log(
    `${member}, MiB: median of the second third ${second.toFixed(1)}, of the last ${last.toFixed(1)}`,
  );
  if (last > second * 1.15 + 16) grown.push(member);
}

const exitedEarly = gateway.exit;
const code = await gateway.dispose();
await sandbox.dispose();
const failures = [
  ...problems,
  ...gateway.complaints.map((line) => `it complained: ${line}`),
  ...(exitedEarly === undefined ? [] : [`it ended: ${exitedEarly}`]),
  ...(code === 0 ? [] : [`it ended with ${code}`]),
  ...grown.map((member) => `its memory has grown (${member})`),
];
for (const failure of failures) console.log(`\n${failure}`);
console.log(
  failures.length === 0 ? '\nAll as it should be.' : `\n${failures.length} things are not as they should be.`,
);
process.exit(failures.length === 0 ? 0 : 1);
