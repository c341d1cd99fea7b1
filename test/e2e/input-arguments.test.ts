import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { type AnswerError, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { refusedArguments } from '../support/refused-arguments.ts';

let gateway: TestGateway;
let ids: KnownIds;
beforeAll(async () => {
  gateway = await startTestGateway();
  ids = await readKnownIds(gateway);
});
afterAll(() => gateway.dispose());
beforeEach(forget);

function forget(): void {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) gateway.received(key);
}

function expectNoCalls(): void {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) expect(gateway.received(key)).toEqual([]);
}

describe('an argument that cannot be used', () => {
  it.each(refusedArguments)(
    'is a typed error with its path and what to do: $name',
    async ({ document, of, code, message, issue }) => {
      const { status, data, errors } = await gateway.query<{ it?: unknown; node?: { it: unknown } }, object>(
        document,
        of === undefined ? {} : { id: ids[of] },
      );
      expect(status).toBe(200);
      expect(of === undefined ? data.it : data.node?.it).toBeNull();
      expect(errors).toHaveLength(1);
      const error: AnswerError = at(errors, 0);
      expect(error.extensions.code).toBe(code);
      expect(error.message).toMatch(message);
      expect(error.path).toEqual(of === undefined ? ['it'] : ['node', 'it']);
      if (issue !== undefined) expect(error.extensions).toMatchObject({ issues: [{ path: issue }] });
      expect(error.message.length).toBeLessThan(500);
      if (of === undefined) expectNoCalls();
    },
  );
});
