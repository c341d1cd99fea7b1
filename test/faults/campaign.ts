import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Door, startDoor } from '../e2e/door.ts';
import {
  type Ids,
  methodOf,
  pathOf,
  sendWrite,
  titleOf,
  type VendorWrite,
  type VendorWrites,
  writesIn,
} from '../e2e/every-write.ts';
import { present } from '../e2e/reading.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import type { VendorKey } from '../support/vendor-failures.ts';
import { type CampaignFault, campaignFaults } from './faults.ts';
import { note } from './matrix.ts';
import { type CampaignRead, campaignReads, healthyPart } from './reads.ts';

/** How often one call is tried, as the gateway under test is told. */
const tries = 3;

/** All of it takes minutes: without `FAULTS=all` each operation meets some of the faults, and each fault is met. */
const isWhole = process.env['FAULTS'] === 'all';
const share = 5;

function isInPlay(operation: number, fault: number): boolean {
  return isWhole || (operation + fault) % share === 0;
}

/** Takes the time out of trying again, so that thousands of cells can be played. */
const environment = {
  UPSTREAM_TIMEOUT: '500',
  UPSTREAM_TRIES: String(tries),
  UPSTREAM_RETRY_DELAY: '1',
  UPSTREAM_RETRY_MAX_DELAY: '2',
  // Each cell ends with a healthy answer; the circuit's own tests open it.
  UPSTREAM_BREAKER_FAILURES: '1000000',
};

function addressOf(key: VendorKey, origin: string): Readonly<Record<string, string>> {
  if (key === 'datadog') return { DATADOG_BASE_URL: origin };
  return key === 'humanloop' ? { HUMANLOOP_BASE_URL: `${origin}/v5` } : { POSTHOG_BASE_URL: origin };
}

const keys: readonly VendorKey[] = ['datadog', 'humanloop', 'posthog'];

/** Sockets of this process that are open, servers' and clients', and timers that keep it running. */
function leftOpen(): { readonly sockets: number; readonly timers: number } {
  const kinds = new Set(['TCPSocketWrap', 'TCPServerWrap', 'TCPConnectWrap']);
  const left = process.getActiveResourcesInfo();
  return {
    sockets: left.filter((kind) => kinds.has(kind)).length,
    timers: left.filter((kind) => kind === 'Timeout' || kind === 'Immediate').length,
  };
}

/** Codes of all failures in an answer: in `errors`, and as data. */
function codesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(codesIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'code' in value && typeof value.code === 'string' ? [value.code] : [];
  return [...own, ...Object.values(value).flatMap(codesIn)];
}

interface WholeAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly unknown[];
}

async function ask(gateway: TestGateway, query: string): Promise<WholeAnswer> {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  expect(response.status).toBe(200);
  // What the gateway sends is a GraphQL response, or the test that reads it fails.
  return (await response.json()) as WholeAnswer;
}

/** Plays every fault at every read and write of a vendor. */
export function describeCampaign(vendor: VendorWrites): void {
  const { key } = vendor;
  const others = keys.filter((other) => other !== key);
  const rest = others.map((other) => `${other}: ${healthyPart[other]}`).join(' ');
  let door: Door;
  let gateway: TestGateway;
  let unresolved: TestGateway;
  let known: KnownIds;
  let ids: Ids;
  let healthy: Readonly<Record<string, unknown>>;

  let before: ReturnType<typeof leftOpen>;

  forbidUnhandledRejections();
  beforeAll(async () => {
    before = leftOpen();
    door = await startDoor();
    gateway = await startTestGateway({ environment: { ...environment, ...addressOf(key, door.origin) } });
    door.leadTo(gateway.sandbox[key].server.origin);
    unresolved = await startTestGateway({
      environment: { ...environment, ...addressOf(key, 'http://nowhere.invalid') },
    });
    known = await readKnownIds(gateway);
    ids = await vendor.readIds(gateway);
    healthy = present((await ask(gateway, `{ ${rest} }`)).data);
  });
  afterAll(async () => {
    await gateway.dispose();
    await unresolved.dispose();
    await door.dispose();
    // Whatever went wrong, nothing is left open.
    await vi.waitFor(
      () => {
        const left = leftOpen();
        expect(left.sockets).toBeLessThanOrEqual(before.sockets);
        // The one that waits here.
        expect(left.timers).toBeLessThanOrEqual(before.timers + 1);
      },
      { timeout: 10_000 },
    );
  });
  beforeEach(() => {
    gateway.sandbox[key].reset();
  });

  /** Puts a fault in force; gives the gateway that meets it, and what lifts it. */
  function put(
    fault: CampaignFault,
    where: { readonly method?: string; readonly path?: string },
  ): { readonly at: TestGateway; readonly lift: () => Promise<void> } {
    const { faults } = gateway.sandbox[key].server;
    if (fault.effect !== undefined) {
      const lift = faults.add({ ...where, effect: fault.effect });
      return { at: gateway, lift: async () => lift() };
    }
    if (fault.unreachable === 'unresolved') return { at: unresolved, lift: async () => undefined };
    door.shut();
    // Sockets that are still open lead there all the same, until their first request ends them.
    const lift = faults.add({ effect: { type: 'reset-before' } });
    return {
      at: gateway,
      lift: async () => {
        lift();
        await door.open();
      },
    };
  }

  function requestsTo(path: RegExp): number {
    return gateway.sandbox[key].server.requests.all.filter(
      ({ method, url }) => method === 'GET' && path.test(url),
    ).length;
  }

  describe.each(campaignReads[key].map((read, index) => ({ read, index, name: read.name })))(
    'reading $name',
    ({ read, index }: { read: CampaignRead; index: number }) => {
      const cells = campaignFaults.filter((_, at) => isInPlay(index, at));
      it.each(cells.map((fault) => ({ fault, name: fault.name })))('with $name', async ({ fault }) => {
        const query = `{ it: ${read.selection(known)} ${rest} }`;
        const path = new RegExp(read.path);
        gateway.sandbox[key].server.requests.clear();
        const { at, lift } = put(fault, { method: 'GET', path: read.path });
        let answer: WholeAnswer;
        let requests: number;
        try {
          answer = await ask(at, query);
          requests = requestsTo(path);
        } finally {
          await lift();
        }
        const { it: _, ...others } = present(answer.data);
        // The others' part is whole, whatever became of this one.
        expect(others).toEqual(healthy);
        const codes = new Set([...codesIn(answer.errors ?? []), ...codesIn(answer.data)]);
        expect(codes.size, JSON.stringify(answer)).toBe(1);
        expect(fault.read).toContain([...codes][0]);
        if (fault.effect !== undefined) {
          expect(requests).toBe(fault.retried ? tries : 1);
          note(vendor.name, `read ${read.name}`, fault.name, `${[...codes][0]} ×${requests}`);
        } else {
          note(vendor.name, `read ${read.name}`, fault.name, `${[...codes][0]}`);
        }
        const after = await ask(gateway, query);
        expect(after.errors).toBeUndefined();
        expect(codesIn(after.data)).toEqual([]);
      });
    },
  );

  describe.each(vendor.writes.map((write, index) => ({ write, index, title: titleOf(write) })))(
    'writing $title',
    ({ write, index }: { write: VendorWrite; index: number }) => {
      beforeEach(() => write.before?.(gateway.sandbox));

      describe.each(write.sends.map((sent, step) => ({ sent, step })))('$sent', ({ sent, step }) => {
        const cells = campaignFaults.filter(
          ({ ofBody, unreachable }, at) =>
            isInPlay(index + step, at) &&
            (ofBody !== true || write.bodiless !== true) &&
            // Of several steps only the first can be kept from being sent at all.
            (unreachable === undefined || step === 0),
        );
        const isOwn = ({ method, url }: { method: string; url: string }): boolean =>
          method === methodOf(sent) && new RegExp(pathOf(sent)).test(url);

        it.each(cells.map((fault) => ({ fault, name: fault.name })))('with $name', async ({ fault }) => {
          gateway.sandbox[key].server.requests.clear();
          const where = { method: methodOf(sent), path: pathOf(sent) };
          const { at, lift } = put(fault, where);
          let result: { readonly __typename?: unknown; readonly code?: unknown; readonly failures?: unknown };
          let sentCount: number;
          try {
            const answer = await sendWrite(at, write, ids);
            // A write that is refused for good may have no result, and its errors beside it.
            result = answer.data?.[write.mutation] ?? { code: codesIn(answer.errors)[0] };
            sentCount = writesIn(gateway, key).filter(isOwn).length;
          } finally {
            await lift();
          }
          const codes = [...new Set(codesIn(result))];
          const said = JSON.stringify(result);
          if (fault.write === 'unsent') {
            expect(sentCount).toBe(0);
            expect(codes, said).toEqual(['SOURCE_UNAVAILABLE']);
          } else {
            const isUnknown = codes.includes('OUTCOME_UNKNOWN');
            // Of some writes a success is all that the vendor documents: nothing of the answer is read.
            const isUnread = fault.mayBeUnread === true && /Success$/.test(String(result.__typename));
            expect(isUnknown || isUnread, said).toBe(fault.write === 'unknown');
            if (fault.write === 'refused') expect(String(result.__typename), said).not.toMatch(/Success$/);
            // What may have arrived is sent again only where the vendor's table says that it does no harm.
            const mayRepeat = repeatable[key].includes(sent) && fault.saysLater === true;
            // What is too large at once is sent in smaller parts, each of them once.
            if (fault.name === '413') expect(sentCount, said).toBeGreaterThan(0);
            else expect(sentCount, said).toBe(mayRepeat ? tries : 1);
          }
          note(
            vendor.name,
            `${titleOf(write)}: ${sent}`,
            fault.name,
            `${codes.length === 0 ? 'SUCCESS' : codes.join(' ')} ×${sentCount}`,
          );
          gateway.sandbox[key].reset();
          write.before?.(gateway.sandbox);
          const after = await sendWrite(gateway, write, ids);
          expect(after.data?.[write.mutation]?.__typename).toMatch(/Success$/);
        });
      });
    },
  );
}

/** Writes that the vendor's table allows to be repeated, by how they are sent. */
const repeatable: Readonly<Record<VendorKey, readonly string[]>> = {
  datadog: ['PATCH /draft_state/lock', 'PATCH /draft_state/unlock', 'POST /datasets/delete'],
  humanloop: [],
  posthog: ['DELETE /trace_reviews/*'],
};
