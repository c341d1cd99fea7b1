import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { globexCaller } from '../support/tenants.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

describe('callers with credentials of different tenants', () => {
  it("give a caller that brings the key of one vendor the gateway's own view of the others", async () => {
    const { 'x-humanloop-api-key': key = '' } = globexCaller;
    const document = '{ datasets(first: 60) { nodes { vendor name } } }';
    type Data = { datasets: { nodes: { vendor: string; name: string }[] } };
    const { data } = await gateway.query<Data, object>(document, {}, { 'x-humanloop-api-key': key });
    for (const { vendor, name } of data.datasets.nodes) {
      expect(name.startsWith('Globex'), `${vendor} ${name}`).toBe(vendor === 'HUMANLOOP');
    }
  });

  it("refuse a tenant's cursor or page over to nothing of it with another's credentials", async () => {
    const document =
      'query ($after: String) { datasets(first: 5, after: $after) { nodes { name } pageInfo { endCursor } } }';
    type Data = { datasets: { nodes: { name: string }[]; pageInfo: { endCursor: string } } };
    const first = await gateway.query<Data, object>(document);
    const after = first.data.datasets.pageInfo.endCursor;
    const next = await gateway.query<Data, object>(document, { after }, globexCaller);
    expect(next.errors).toBeUndefined();
    for (const { name } of next.data.datasets.nodes) expect(name.startsWith('Globex')).toBe(true);
  });
});
