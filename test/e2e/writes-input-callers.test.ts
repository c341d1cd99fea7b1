import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { globexCaller } from '../support/tenants.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { formOf, preflighted, sendForm } from './uploading.ts';
import { type ValidInput, validInputs } from './valid-inputs.ts';
import { type Headers, mutate, mutationNames, type Told } from './writing.ts';

forbidUnhandledRejections();

const keys = { reader: 'a-key-of-the-reader-0123456789', writer: 'a-key-of-the-writer-0123456789' };

let open: TestGateway;
let gateway: TestGateway;
let valid: readonly ValidInput[];
beforeAll(async () => {
  open = await startTestGateway();
  valid = await validInputs(open);
  const { environment } = open.sandbox;
  const apiKeys = JSON.stringify([
    { name: 'reader', key: keys.reader, scopes: ['read'] },
    { name: 'writer', key: keys.writer, scopes: ['read', 'write'] },
  ]);
  // A second gateway over the same vendors, which knows its callers.
  gateway = await startTestGateway({ environment: { ...environment, API_KEYS: apiKeys } });
});
afterAll(async () => {
  await gateway.dispose();
  await open.dispose();
});

/** Requests that the vendors have received, of both gateways. */
function received(): readonly string[] {
  return (['datadog', 'humanloop', 'posthog'] as const).flatMap((vendor) => [
    ...open.received(vendor),
    ...gateway.received(vendor),
  ]);
}

describe('a caller who may not write', () => {
  it.each(mutationNames)('is refused %s before anything is asked of a vendor', async (mutation) => {
    const base = valid.find((one) => one.mutation === mutation)?.input;
    received();
    const headers = { authorization: `Bearer ${keys.reader}` };
    if (base === undefined) {
      const form = formOf({ datasetId: String(valid[0]?.input['datasetId']) }, 'input\nx\n');
      const { errors, result } = await sendForm(gateway, form, { ...preflighted, ...headers });
      expect(result).toBeNull();
      expect(errors).toMatchObject([{ path: [mutation], extensions: { code: 'FORBIDDEN' } }]);
    } else {
      const { data, errors } = await mutate(gateway, mutation, base, '', headers);
      expect(data).toEqual({ [mutation]: null });
      expect(errors).toMatchObject([{ path: [mutation], extensions: { code: 'FORBIDDEN' } }]);
      expect(errors?.[0]?.message).toContain('reader');
    }
    expect(received()).toEqual([]);
  });

  it.each([undefined, 'Bearer wrong-wrong-wrong-wrong', 'Basic eDp5'])(
    'is not let in with %s',
    async (authorization) => {
      const headers: Headers = authorization === undefined ? {} : { authorization };
      const answer = await mutate(gateway, 'translateText', { text: 'x' }, '', headers);
      expect(answer.status).toBe(401);
      expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
      expect(received()).toEqual([]);
    },
  );
});

describe('a caller with the keys of another organisation', () => {
  /** What has no id of a thing that is there: it makes something in the caller's own organisation. */
  const makesAnew = new Set(['createDataset', 'createPrompt', 'createTraceReview', 'translateText']);

  it('finds nothing to write to, and writes nothing', async () => {
    received();
    for (const { mutation, input, vendor } of valid) {
      if (makesAnew.has(mutation)) continue;
      const headers = { authorization: `Bearer ${keys.writer}`, ...globexCaller };
      const { data, text } = await mutate(gateway, mutation, input, '', headers);
      const told: Told | undefined = data?.[mutation];
      const hint = `${mutation} at ${vendor}: ${text}`;
      expect(['NotFoundError', 'SourceFailure', 'InvalidInputError'], hint).toContain(told?.__typename);
      if (told?.__typename === 'SourceFailure') expect(['NOT_FOUND', 'FORBIDDEN'], hint).toContain(told.code);
    }
    // What takes an id alone may be asked of the vendor, which refuses.
    const { datadog, humanloop, posthog } = open.sandbox;
    const all = [datadog, humanloop, posthog].flatMap(({ server }) => server.requests.all);
    const writes = all.filter(({ method }) => method !== 'GET');
    expect(writes.filter(({ status }) => status === undefined || status < 400)).toEqual([]);
  });

  it('leaves everything as it was', async () => {
    for (const { mutation, input } of valid.filter((one) => one.mutation === 'deleteDataset')) {
      const { data } = await open.query<{ dataset: { id: string } | null }, object>(
        'query ($id: ID!) { dataset(id: $id) { id } }',
        { id: input['datasetId'] },
      );
      expect(data.dataset, mutation).not.toBeNull();
    }
  });
});
