import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { fuzz } from './fuzz.ts';
import { type FuzzGateway, startFuzzGateway } from './fuzz-gateway.ts';

/** `FUZZ_SEED` has another one tried. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_128);

let sandbox: Sandbox;
let gateway: FuzzGateway;
beforeAll(async () => {
  sandbox = await startSandbox();
  gateway = await startFuzzGateway(sandbox.environment, { heapMiB: 256, collects: false });
});
afterAll(async () => {
  await gateway?.dispose();
  await sandbox?.dispose();
});

it(`answers whatever it is sent, rightly or by a typed error, and lives (seed ${seed})`, async () => {
  const { outcomes, problems } = await fuzz(gateway, sandbox, { seed, operations: 2_000, messages: 2_000 });
  expect(problems).toEqual([]);
  expect(gateway.complaints).toEqual([]);
  expect(gateway.exit).toBeUndefined();
  // Some of everything came about.
  const seen = [...outcomes.keys()];
  expect(seen).toEqual(
    expect.arrayContaining([
      'operation 200',
      'INVALID_INPUT',
      'NOT_FOUND',
      'UNSUPPORTED',
      'websocket 101',
      'http 200',
    ]),
  );
  expect(await gateway.dispose()).toBe(0);
}, 120_000);
