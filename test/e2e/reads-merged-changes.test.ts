import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../sandbox/core/random.ts';
import { ListDatasetsDocument, type ListDatasetsQueryVariables, type Vendor } from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { createDataset, deleteDataset } from './behind-the-gateway.ts';
import { dataOf, datasetsOf, type Listed, nameOf, present, readPages } from './reading.ts';

const vendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const;

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.dispose());

const all = (): readonly Listed[] => datasetsOf(gateway.sandbox);
const projects = () => [...gateway.sandbox.datadog.state.tenant('acme').projects.keys()];

function insert(vendor: Vendor, project = present(projects()[0])): Promise<string> {
  return createDataset(gateway.sandbox, vendor, project);
}

async function insertMany(vendor: Vendor, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await insert(vendor);
}

const remove = ({ vendor, vendorId }: Listed): void => deleteDataset(gateway.sandbox, vendor, vendorId);

/** The names of what was shown, page by page; `between` may change the vendors. */
async function listNames(
  variables: ListDatasetsQueryVariables,
  between: (shown: readonly string[], turn: number) => Promise<void> | void,
): Promise<readonly string[]> {
  const shown: string[] = [];
  await readPages(
    async (after) => {
      const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, { ...variables, after }));
      const page = present(datasets);
      expect(page.sourceErrors).toEqual([]);
      shown.push(...page.nodes.map(nameOf));
      return page;
    },
    (_page, turn) => between(shown, turn),
  );
  return shown;
}

describe.each([undefined, ...vendors])('while the list of %s is paged', (only) => {
  const filter = only === undefined ? {} : { filter: { vendors: [only] } };
  const inPlay = only === undefined ? vendors : [only];
  const inList = (): readonly Listed[] => all().filter(({ vendor }) => inPlay.includes(vendor));

  it.each([1, 6, 30])('%i datasets made at its top move nothing', async (count) => {
    const expected = inList().map(nameOf);
    const shown = await listNames({ first: 10, ...filter }, async (_shown, turn) => {
      if (turn === 1) for (const vendor of inPlay) await insertMany(vendor, count);
    });
    expect(shown).toEqual(expected);
  });

  it('a dataset made after each page moves nothing', async () => {
    const expected = inList().map(nameOf);
    const shown = await listNames({ first: 10, ...filter }, async () => {
      for (const vendor of inPlay) await insert(vendor);
    });
    expect(shown).toEqual(expected);
  });

  it.each([1, 2, 9])('deleting the %i last ones shown skips none of those to come', async (count) => {
    const before = inList();
    const byName = new Map(before.map((listed) => [nameOf(listed), listed]));
    const shown = await listNames({ first: 10, ...filter }, (sofar, turn) => {
      if (turn > 3) return;
      for (const name of sofar.slice(-count)) remove(present(byName.get(name)));
    });
    expect(shown).toEqual(before.map(nameOf));
  });

  it('deleting the first ones shown skips none of those to come', async () => {
    const before = inList();
    const shown = await listNames({ first: 10, ...filter }, (_sofar, turn) => {
      if (turn < 5) for (const listed of before.slice(turn * 2, turn * 2 + 2)) remove(listed);
    });
    expect(shown).toEqual(before.map(nameOf));
  });

  it.each([20, 40])('deleting %i of the 40 that were shown skips none of those to come', async (count) => {
    const before = inList();
    const shown = await listNames({ first: 10, ...filter }, (_sofar, turn) => {
      if (turn === 3) for (const listed of before.slice(0, count)) remove(listed);
    });
    expect(shown).toEqual(before.map(nameOf));
  });

  it('deleting all that was shown and making as many moves nothing', async () => {
    const before = inList();
    const shown = await listNames({ first: 10, ...filter }, async (_sofar, turn) => {
      if (turn !== 2) return;
      for (const listed of before.slice(0, 30)) remove(listed);
      for (const vendor of inPlay) await insertMany(vendor, 30);
    });
    expect(shown).toEqual(before.map(nameOf));
  });

  it('deleting some of those to come leaves out those and no others', async () => {
    const before = inList();
    const victims = before.filter((_listed, index) => index >= 20 && index % 3 === 0);
    const shown = await listNames({ first: 10, ...filter }, (_sofar, turn) => {
      if (turn === 1) for (const victim of victims) remove(victim);
    });
    expect(shown).toEqual(before.filter((listed) => !victims.includes(listed)).map(nameOf));
  });

  it('all at once, for some time, nothing is skipped and nothing repeated', async () => {
    const random = new Random(20_260_301);
    const before = inList();
    const living = new Map(before.map((listed) => [nameOf(listed), listed]));
    const shown = await listNames({ first: 7, ...filter }, async (sofar) => {
      for (let turn = random.below(4); turn > 0; turn -= 1) {
        await insert(random.pick(['DATADOG', 'HUMANLOOP', 'POSTHOG']), projects()[random.below(4)]);
      }
      for (let turn = random.below(4); turn > 0; turn -= 1) {
        const names = [...living.keys()];
        const ofShown = sofar.slice(-12).filter((name) => living.has(name));
        const pool = random.below(2) === 0 && ofShown.length > 0 ? ofShown : names;
        const name = present(pool[random.below(pool.length)]);
        remove(present(living.get(name)));
        living.delete(name);
      }
    });
    const old = new Set(before.map(nameOf));
    const places = new Map(shown.map((name, index) => [name, index]));
    expect(places.size).toBe(shown.length);
    expect([...living.keys()].filter((name) => !places.has(name))).toEqual([]);
    expect(shown.filter((name) => !old.has(name))).toEqual([]);
  });
});

describe('in the order of their last change', () => {
  it('deleting and making datasets at PostHog and Humanloop skips and repeats none', async () => {
    const orderBy = { field: 'UPDATED_AT', direction: 'DESC' } as const;
    const kept: Vendor[] = ['HUMANLOOP', 'POSTHOG'];
    const before = all()
      .filter(({ vendor }) => kept.includes(vendor))
      .toSorted((a, b) => b.updatedAt - a.updatedAt);
    const shown = await listNames({ first: 10, orderBy, filter: { vendors: kept } }, async (_sofar, turn) => {
      if (turn > 4) return;
      await insert('POSTHOG');
      await insert('HUMANLOOP');
      remove(present(before[turn * 10 + 9]));
    });
    expect(shown).toEqual(before.map(nameOf));
  });
});
