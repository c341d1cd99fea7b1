import { startSandbox } from './index.ts';

const text = process.env['SANDBOX_PORT'] ?? '4101';
const port = Number(text);
if (!/^\d{1,5}$/.test(text) || port > 65_533) {
  console.error(
    `SANDBOX_PORT must be a whole number from 0 to 65533 (the first of three ports), and is ${text}.`,
  );
  process.exit(1);
}

const sandbox = await startSandbox({ port }).catch((error: unknown) => {
  console.error(`The sandbox cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
console.log('Sandbox vendors are listening. Point a gateway at them with:\n');
for (const [name, value] of Object.entries(sandbox.environment)) console.log(`export ${name}=${value}`);
console.log('\nFaults, switches and what was received: see docs/sandbox.md. Ctrl-C stops them.');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void sandbox.dispose().then(() => process.exit(0));
  });
}
