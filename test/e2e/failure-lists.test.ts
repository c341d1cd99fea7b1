import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import {
  slowFailures,
  type ToldFailure,
  type VendorFailure,
  type VendorUnderTest,
  vendorFailures,
  vendorsUnderTest,
} from '../support/vendor-failures.ts';

interface ToldError {
  readonly vendor: string;
  readonly message: string;
  readonly vendorErrors: readonly { readonly detail: string | null }[];
}
interface List {
  readonly nodes: readonly { readonly id: string; readonly vendor: string }[];
  readonly pageInfo: { readonly endCursor: string | null };
  readonly sourceErrors: readonly ToldError[];
}
interface Lists {
  readonly datasets: List | null;
  readonly prompts: List | null;
}

const list = `{
  nodes { id vendor name }
  pageInfo { hasNextPage endCursor }
  sourceErrors {
    vendor code message resource retryAfterSeconds vendorRequestId httpStatus
    vendorErrors { title detail code source }
  }
}`;
const document = `query ($vendors: [Vendor!]) {
  datasets(first: 30, filter: { vendors: $vendors }) ${list}
  prompts(first: 30, filter: { vendors: $vendors }) ${list}
}`;

function read(gateway: TestGateway, vendors: readonly string[]): Promise<Answer<Lists>> {
  return gateway.query<Lists, { vendors: readonly string[] }>(document, { vendors });
}

function listsOf(answer: Answer<Lists>): readonly List[] {
  expect(answer.status).toBe(200);
  expect(answer.errors).toBeUndefined();
  const { datasets, prompts } = answer.data;
  if (datasets === null || prompts === null) throw new Error('a list is null');
  return [datasets, prompts];
}

const allVendors = vendorsUnderTest.map(({ vendor }) => vendor);

function others({ vendor }: VendorUnderTest): readonly string[] {
  return allVendors.filter((other) => other !== vendor);
}

function expectTold(error: ToldError | undefined, vendor: string, told: ToldFailure): void {
  const { message, said, ...rest } = told;
  expect(error).toMatchObject({ ...rest, vendor, resource: null });
  expect(error?.message).toMatch(message);
  expect(error?.vendorErrors.map(({ detail }) => detail)).toEqual(
    said === undefined ? expect.anything() : [said],
  );
}

/** Asks for everything while one vendor fails: the others' part is whole, and the failure is told once a list. */
async function expectOnlyItsPartMissing(
  gateway: TestGateway,
  failing: VendorUnderTest,
  told: ToldFailure,
): Promise<void> {
  const healthy = listsOf(await read(gateway, others(failing)));
  const asked = listsOf(await read(gateway, allVendors));
  asked.forEach((one, index) => {
    expect(one.nodes.length).toBeGreaterThan(0);
    expect(one.nodes).toEqual(healthy[index]?.nodes);
    expect(one.sourceErrors).toHaveLength(1);
    expectTold(one.sourceErrors[0], failing.vendor, told);
    expect(one.pageInfo.endCursor).not.toBeNull();
  });
}

async function expectHealthy(gateway: TestGateway): Promise<void> {
  for (const one of listsOf(await read(gateway, allVendors))) {
    expect(one.sourceErrors).toEqual([]);
    expect(new Set(one.nodes.map(({ vendor }) => vendor))).toEqual(new Set(allVendors));
  }
}

function failWith(gateway: TestGateway, vendor: VendorUnderTest, failure: VendorFailure): void {
  gateway.sandbox[vendor.key].server.faults.add({ effect: failure.effect(vendor) });
}

forbidUnhandledRejections();

describe('the merged lists of datasets and prompts', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.dispose());
  afterEach(() => {
    for (const { key } of vendorsUnderTest) gateway.sandbox[key].server.faults.clear();
  });

  for (const vendor of vendorsUnderTest) {
    it.each(vendorFailures)(`give all of the others when ${vendor.vendor} gives $name`, async (failure) => {
      failWith(gateway, vendor, failure);
      await expectOnlyItsPartMissing(gateway, vendor, failure.told);
      gateway.sandbox[vendor.key].server.faults.clear();
      await expectHealthy(gateway);
    });
  }

  it('name every vendor when none answers, and are not null', async () => {
    for (const { key } of vendorsUnderTest) {
      gateway.sandbox[key].server.faults.add({ effect: { type: 'reset-before' } });
    }
    for (const one of listsOf(await read(gateway, allVendors))) {
      expect(one.nodes).toEqual([]);
      expect(one.sourceErrors.map(({ vendor }) => vendor).toSorted()).toEqual(allVendors);
      expect(one.pageInfo.endCursor).not.toBeNull();
    }
  });

  it('go on with what was missing once its vendor is back', async () => {
    const variables = { vendors: allVendors };
    const whole = new Set<string>();
    for (const one of listsOf(await read(gateway, ['POSTHOG']))) {
      for (const { id } of one.nodes.slice(0, 3)) whole.add(id);
    }
    gateway.sandbox.posthog.server.faults.add({ effect: { type: 'answer', status: 503 }, times: 2 });
    const [datasets, prompts] = listsOf(await read(gateway, variables.vendors));
    const next = await gateway.query<Lists, object>(
      document
        .replace('($vendors: [Vendor!])', '($vendors: [Vendor!], $a: String, $b: String)')
        .replace('datasets(first: 30', 'datasets(after: $a, first: 100')
        .replace('prompts(first: 30', 'prompts(after: $b, first: 100'),
      { ...variables, a: datasets?.pageInfo.endCursor, b: prompts?.pageInfo.endCursor },
    );
    const later = listsOf(next).flatMap(({ nodes }) => nodes.map(({ id }) => id));
    for (const id of whole) expect(later).toContain(id);
  });
});

describe('a vendor that is down', () => {
  it.each(vendorsUnderTest)('costs its part of the lists only: $vendor', async (vendor) => {
    const gateway = await startTestGateway();
    try {
      await gateway.sandbox[vendor.key].server.dispose();
      await expectOnlyItsPartMissing(gateway, vendor, {
        code: 'SOURCE_UNAVAILABLE',
        httpStatus: null,
        retryAfterSeconds: null,
        vendorRequestId: null,
        message: /ECONNREFUSED/,
      });
    } finally {
      await gateway.dispose();
    }
  });
});

describe('a vendor that is slow past UPSTREAM_TIMEOUT', () => {
  it.concurrent.each(vendorsUnderTest)('costs its part of the lists only: $vendor', async (vendor) => {
    const gateway = await startTestGateway({ environment: { UPSTREAM_TIMEOUT: '1200' } });
    try {
      await expectHealthy(gateway);
      for (const failure of slowFailures) {
        failWith(gateway, vendor, failure);
        await expectOnlyItsPartMissing(gateway, vendor, failure.told);
        gateway.sandbox[vendor.key].server.faults.clear();
      }
      await expectHealthy(gateway);
    } finally {
      await gateway.dispose();
    }
  });
});
