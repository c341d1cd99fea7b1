import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf } from './reading.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.dispose());

const list = '{ datasets(first: 1, filter: { vendors: [HUMANLOOP] }) { nodes { name } } }';

it('what is read after a cursor joins no read that began before it', async () => {
  const { server } = gateway.sandbox.humanloop;
  const lists = (): number => server.requests.all.filter(({ url }) => url.startsWith('/v5/datasets?')).length;
  const lift = server.faults.add({ effect: { type: 'latency', milliseconds: 400 } });
  const before = gateway.query(list);
  await server.requests.waitFor(() => lists() === 1);
  dataOf(await gateway.query('{ changeCursor }'));
  const after = gateway.query(list);
  const answers = await Promise.all([before, after]);
  lift();
  for (const answer of answers) expect(dataOf(answer)).toEqual(dataOf(answers[0]));
  expect(lists()).toBe(2);
});
