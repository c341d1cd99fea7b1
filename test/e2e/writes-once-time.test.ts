import { afterEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import {
  type Ids,
  methodOf,
  pathOf,
  resultIn,
  sendWrite,
  successOf,
  type VendorWrite,
  type VendorWrites,
  writesIn,
} from './every-write.ts';
import { type Gate, startGate } from './gate.ts';
import { present } from './reading.ts';
import { writesOfDatadog } from './writes-of-datadog.ts';
import { writesOfHumanloop } from './writes-of-humanloop.ts';
import { writesOfPostHog } from './writes-of-posthog.ts';

let gateway: TestGateway;
let gate: Gate | undefined;
afterEach(async () => {
  await gateway.dispose();
  await gate?.dispose();
  gate = undefined;
});

const vendors = [writesOfDatadog, writesOfHumanloop, writesOfPostHog];

function writeOf(vendor: VendorWrites, mutation: string): VendorWrite {
  return present(vendor.writes.find((write) => write.mutation === mutation));
}

async function start(vendor: VendorWrites, environment: Readonly<Record<string, string>>): Promise<Ids> {
  gateway = await startTestGateway({ environment });
  const ids = await vendor.readIds(gateway);
  gateway.sandbox[vendor.key].server.requests.clear();
  return ids;
}

describe.each(vendors)('a write at $name', (vendor) => {
  const write = writeOf(vendor, 'publishPromptVersion');
  const [sent = ''] = write.sends;

  it('that the vendor has done and never answers is told as not known', async () => {
    const ids = await start(vendor, { UPSTREAM_TIMEOUT: '1500' });
    const effect = { type: 'hang' } as const;
    gateway.sandbox[vendor.key].server.faults.add({ method: methodOf(sent), path: pathOf(sent), effect });
    expect(resultIn(await sendWrite(gateway, write, ids), write)).toMatchObject({
      __typename: 'OutcomeUnknownError',
      message: expect.stringMatching(
        /gave no whole answer.*To find out, read `latestVersion` of the prompt\.$/,
      ),
    });
    expect(writesIn(gateway, vendor.key)).toHaveLength(1);
  });

  it('that takes longer than the operation may is waited for, and only what is read after it is missing', async () => {
    const ids = await start(vendor, { MUTATION_TIMEOUT: '2000' });
    const effect = { type: 'latency', milliseconds: 2_500 } as const;
    gateway.sandbox[vendor.key].server.faults.add({ method: methodOf(sent), path: pathOf(sent), effect });
    const success = successOf(present(write.shows));
    const answer = await sendWrite(gateway, write, ids, { success });
    const result = resultIn(answer, write);
    expect(result).toMatchObject({
      __typename: 'PublishPromptVersionSuccess',
      promptId: ids['prompt'],
      prompt: null,
    });
    expect(answer.errors).toMatchObject([
      { path: ['publishPromptVersion', 'prompt'], extensions: { code: 'SOURCE_TIMEOUT' } },
    ]);
  });
});

async function startBehind(door: Gate): Promise<Ids> {
  gateway = await startTestGateway({ environment: { DATADOG_BASE_URL: door.origin } });
  door.leadTo(gateway.sandbox.datadog.baseUrl);
  return writesOfDatadog.readIds(gateway);
}

describe('a caller who leaves', () => {
  it('before the write was sent has nothing written', async () => {
    gate = await startGate(/draft_state$/);
    const ids = await startBehind(gate);
    const write = writeOf(writesOfDatadog, 'restoreDatasetVersion');

    const leaving = new AbortController();
    const left = expect(sendWrite(gateway, write, ids, { signal: leaving.signal })).rejects.toThrow();
    await gate.waitFor(1);
    leaving.abort();
    await left;
    gate.open();
    // Whoever writes next waits until the one before has come to its end.
    const next = writeOf(writesOfDatadog, 'updateDataset');
    expect(resultIn(await sendWrite(gateway, next, ids), next).__typename).toBe('UpdateDatasetSuccess');
    expect(writesIn(gateway, 'datadog').map(({ method }) => method)).toEqual(['PATCH']);
  });

  it('while others wait for the same thing lets them have their turn', async () => {
    gate = await startGate(/\/restore$/);
    const ids = await startBehind(gate);
    const write = writeOf(writesOfDatadog, 'restoreDatasetVersion');

    const first = sendWrite(gateway, write, ids);
    await gate.waitFor(1);
    const leaving = new AbortController();
    const left = expect(sendWrite(gateway, write, ids, { signal: leaving.signal })).rejects.toThrow();
    const third = sendWrite(gateway, write, ids);
    leaving.abort();
    await left;
    gate.open();
    for (const answer of await Promise.all([first, third])) {
      expect(resultIn(answer, write).__typename).toBe('RestoreDatasetVersionSuccess');
    }
    expect(writesIn(gateway, 'datadog')).toHaveLength(2);
  });
});
