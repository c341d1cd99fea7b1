import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../sandbox/core/fault.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Door, startDoor } from './door.ts';
import {
  type Ids,
  methodOf,
  pathOf,
  resultIn,
  sendWrite,
  titleOf,
  type VendorWrite,
  type VendorWrites,
  writesIn,
} from './every-write.ts';
import type { Told } from './writing.ts';

interface LostAnswer {
  readonly how: string;
  readonly effect: FaultInput['effect'];
  /** Whether it takes an answer with a body to lose it so. */
  readonly ofBody?: true;
}

/** Everything after which nobody knows whether the write has happened. */
const lostAnswers: readonly LostAnswer[] = [
  { how: 'is cut off before the vendor acts', effect: { type: 'reset-before' } },
  { how: 'is cut off after the vendor has acted', effect: { type: 'reset-after' } },
  { how: 'breaks off in the middle', effect: { type: 'half' }, ofBody: true },
  { how: 'ends in the middle of its JSON', effect: { type: 'cut-json' }, ofBody: true },
  { how: 'is not JSON', effect: { type: 'replace-body', status: 200, body: '<html>proxy</html>' } },
  { how: 'is 500 although the vendor has acted', effect: { type: 'replace-body', status: 500, body: '{}' } },
  { how: 'is 500 and the vendor has not acted', effect: { type: 'answer', status: 500 } },
  { how: 'is 504', effect: { type: 'answer', status: 504, body: '<html>timeout</html>' } },
  { how: 'is 408', effect: { type: 'answer', status: 408 } },
];

/** Answers by which a vendor says that it did not do it. (413 has items sent again in smaller parts.) */
const refusals = [400, 401, 403, 409, 422, 429] as const;

const unknown = /may or may not|not known/;

function environmentAt({ key }: VendorWrites, origin: string): Readonly<Record<string, string>> {
  if (key === 'datadog') return { DATADOG_BASE_URL: origin };
  return key === 'humanloop' ? { HUMANLOOP_BASE_URL: `${origin}/v5` } : { POSTHOG_BASE_URL: origin };
}

/** Declares, for every write of a vendor, that it happens once or its caller is told. */
export function describeOnceOrTold(vendor: VendorWrites): void {
  const { key } = vendor;
  let door: Door;
  let gateway: TestGateway;
  let ids: Ids;

  beforeAll(async () => {
    door = await startDoor();
    gateway = await startTestGateway({ environment: environmentAt(vendor, door.origin) });
    door.leadTo(gateway.sandbox[key].server.origin);
    ids = await vendor.readIds(gateway);
  });
  afterAll(async () => {
    await gateway.dispose();
    await door.dispose();
  });

  const requestsNow = () => gateway.sandbox[key].server.requests;

  async function run(write: VendorWrite): Promise<Told> {
    const answer = await sendWrite(gateway, write, ids);
    // Nothing is told as an error of the operation that could be told as data. (What a vendor says is taken and is
    // not there cannot be shown.)
    expect(answer.errors?.filter(({ path }) => path?.at(-1) !== 'existing') ?? []).toEqual([]);
    return resultIn(answer, write);
  }

  /** How often the vendor has received each of the write's requests, and how many other writes. */
  function received({ sends }: VendorWrite): readonly number[] {
    const sent = writesIn(gateway, key);
    const counts = sends.map(
      (one) =>
        sent.filter(({ method, url }) => method === methodOf(one) && new RegExp(pathOf(one)).test(url))
          .length,
    );
    return [...counts, sent.length - counts.reduce((sum, count) => sum + count, 0)];
  }

  describe.each(vendor.writes.map((write) => ({ write, title: titleOf(write) })))('$title', ({ write }) => {
    beforeEach(() => {
      gateway.sandbox[key].reset();
      write.before?.(gateway.sandbox);
    });

    it('succeeds by one request for each of its steps', async () => {
      expect((await run(write)).__typename).toMatch(/Success$/);
      expect(received(write)).toEqual([...write.sends.map(() => 1), 0]);
    });

    it('is not sent to a vendor that is gone, and its caller may send it again', async () => {
      door.shut();
      // Sockets that are still open lead there all the same, until their first request ends them.
      const lift = gateway.sandbox[key].server.faults.add({ effect: { type: 'reset-before' } });
      try {
        expect(await run(write)).toMatchObject({ __typename: 'SourceFailure', code: 'SOURCE_UNAVAILABLE' });
      } finally {
        lift();
        await door.open();
      }
      expect(writesIn(gateway, key)).toEqual([]);
    });

    describe.each(write.sends.map((sent, step) => ({ sent, step })))('$sent', ({ sent, step }) => {
      /** What is received of the write's requests when it stops with this one. */
      const untilHere = [...write.sends.map((_, index) => (index <= step ? 1 : 0)), 0];
      const isOwnTurn = (method: string, url: string): boolean =>
        method === methodOf(sent) && new RegExp(pathOf(sent)).test(url);

      const told = lostAnswers.filter(({ ofBody }) => ofBody !== true || write.bodiless !== true);
      it.each(told)('is sent once and told as not known when its answer $how', async ({ effect }) => {
        const fault = { method: methodOf(sent), path: pathOf(sent), effect };
        gateway.sandbox[key].server.faults.add(fault);
        const result = await run(write);
        expect(result.message).toMatch(unknown);
        if (step === 0) {
          expect(result).toMatchObject({ __typename: 'OutcomeUnknownError', code: 'OUTCOME_UNKNOWN' });
          expect(result).toMatchObject({ vendor: key.toUpperCase() });
          expect(result.message).toMatch(/read before you repeat it\. To find out, .{10,}\.$/);
        } else {
          expect(result).toMatchObject({ __typename: 'PartialWriteError', code: 'PARTIAL_WRITE' });
          expect(result.completedSteps).toHaveLength(step);
          expect(result.failures).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
        }
        expect(received(write)).toEqual(untilHere);
      });

      it.each(refusals)('is sent once and not told as unknown when the vendor answers %s', async (status) => {
        const effect = { type: 'answer', status, headers: { 'retry-after': '3' } } as const;
        gateway.sandbox[key].server.faults.add({ method: methodOf(sent), path: pathOf(sent), effect });
        const result = await run(write);
        expect(result.__typename).not.toMatch(/Success$|OutcomeUnknown/);
        expect(result.message).not.toMatch(unknown);
        expect(result.unknownCount ?? 0).toBe(0);
        if (status === 429 && step === 0) {
          expect(result).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 3, httpStatus: 429 });
        }
        expect(received(write)).toEqual(untilHere);
      });

      it('goes on when its caller leaves while the vendor has it', async () => {
        const effect = { type: 'latency', milliseconds: 60 } as const;
        gateway.sandbox[key].server.faults.add({ method: methodOf(sent), path: pathOf(sent), effect });
        const leaving = new AbortController();
        const left = expect(sendWrite(gateway, write, ids, { signal: leaving.signal })).rejects.toThrow();
        await requestsNow().waitFor((all) => all.some(({ method, url }) => isOwnTurn(method, url)));
        leaving.abort();
        await left;
        const finished = () =>
          requestsNow().all.find(
            ({ method, url, status, aborted }) => isOwnTurn(method, url) && (status !== undefined || aborted),
          );
        await requestsNow().waitFor(() => finished() !== undefined);
        expect(finished()).toMatchObject({ aborted: false, status: expect.toSatisfy((code) => code < 300) });
      });

      it('is not sent, and not told as unknown, when the vendor goes right before it', async () => {
        await run(write);
        const place = requestsNow().all.findIndex(({ method, url }) => isOwnTurn(method, url));
        gateway.sandbox[key].reset();
        write.before?.(gateway.sandbox);
        // The last request before it comes by a socket that is open; the write itself needs a new one.
        const gone = requestsNow().waitFor((all) => {
          if (all.length >= place) door.shut();
          return all.length >= place;
        });
        let result: Told;
        try {
          result = await run(write);
        } finally {
          await door.open();
        }
        await gone;
        expect(result).toMatchObject(
          step === 0
            ? { __typename: 'SourceFailure', code: 'SOURCE_UNAVAILABLE' }
            : {
                __typename: 'PartialWriteError',
                unknownCount: 0,
                failures: [{ code: 'SOURCE_UNAVAILABLE' }],
              },
        );
        expect(result.message).not.toMatch(unknown);
        expect(received(write)).toEqual([...write.sends.map((_, index) => (index < step ? 1 : 0)), 0]);
      });
    });
  });
}
