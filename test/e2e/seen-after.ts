import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import {
  type Ids,
  idIn,
  resultIn,
  type Shows,
  sendWrite,
  successOf,
  titleOf,
  type VendorWrite,
  type VendorWrites,
  writesIn,
} from './every-write.ts';
import { present } from './reading.ts';

type Node = Readonly<Record<string, unknown>> & { readonly id: string };

/** How a thing is read by id, and in the list of its kind by its name (a review by its trace). */
const types = {
  dataset: { name: 'Dataset', list: 'datasets', filter: 'DatasetFilter', own: 'name' },
  version: { name: 'DatasetVersion', list: undefined, filter: undefined, own: 'ref' },
  prompt: { name: 'Prompt', list: 'prompts', filter: 'PromptFilter', own: 'name' },
  traceReview: { name: 'TraceReview', list: 'traceReviews', filter: 'TraceReviewFilter', own: 'traceId' },
} as const;

/** The name that a write gives to what it makes. */
function nameGiven(write: VendorWrite, ids: Ids): string {
  // Inputs are plain objects.
  const input = write.input(ids) as Readonly<Record<string, unknown>>;
  return String(input['name'] ?? input['newName'] ?? input['traceId']);
}

/** Declares, for every write of a vendor, that whoever reads after it sees what it did. */
export function describeSeen(vendor: VendorWrites): void {
  const { key } = vendor;
  let gateway: TestGateway;
  let ids: Ids;

  beforeAll(async () => {
    gateway = await startTestGateway();
    ids = await vendor.readIds(gateway);
  });
  afterAll(() => gateway.dispose());

  /** What a query gives that must have no errors, or none but that a thing is not there. */
  async function ask<Data>(query: string, variables: object, signal?: AbortSignal): Promise<Data> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify({ query, variables }) };
    const response = await fetch(gateway.url, signal === undefined ? init : { ...init, signal });
    // What the gateway sends is a GraphQL response, or the test that reads it fails.
    const answer = (await response.json()) as {
      readonly data: Data;
      readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
    };
    expect(answer.errors?.filter(({ extensions }) => extensions.code !== 'NOT_FOUND') ?? []).toEqual([]);
    return answer.data;
  }

  async function readNodes(
    shows: Shows,
    id: string,
    signal?: AbortSignal,
  ): Promise<readonly (Node | null)[]> {
    const { name, own } = types[shows.object];
    const query = `query ($id: ID!, $ids: [ID!]!) {
      node(id: $id) { ...Shown }
      nodes(ids: $ids) { ...Shown }
    }
    fragment Shown on ${name} { id ${own} ${shows.fields} }`;
    const data = await ask<{ node: Node | null; nodes: readonly (Node | null)[] }>(
      query,
      { id, ids: [id] },
      signal,
    );
    return [data.node, ...data.nodes];
  }

  async function readNode(shows: Shows, id: string, signal?: AbortSignal): Promise<Node | null> {
    const [node = null, again] = await readNodes(shows, id, signal);
    expect(again).toEqual(node);
    return node;
  }

  /** What the list of its kind has under a name. */
  async function listed(shows: Shows, name: string, signal?: AbortSignal): Promise<readonly Node[]> {
    const { list, filter: type, own } = types[shows.object];
    const filter =
      list === 'traceReviews' ? { traceIds: [name] } : { vendors: [key.toUpperCase()], search: name };
    const query = `query ($filter: ${type}) { ${list}(first: 100, filter: $filter) { nodes { id ${own} } } }`;
    const data = await ask<Readonly<Record<string, { readonly nodes: readonly Node[] }>>>(
      query,
      { filter },
      signal,
    );
    return present(data[String(list)]).nodes;
  }

  const shown = vendor.writes.flatMap((write) => {
    const { shows } = write;
    return shows === undefined ? [] : [{ write, shows, title: titleOf(write) }];
  });
  describe.each(shown)('$title', ({ write, shows }) => {
    const { own, list } = types[shows.object];
    const faults = () => gateway.sandbox[key].server.faults;
    const requests = () => gateway.sandbox[key].server.requests;

    beforeEach(() => {
      gateway.sandbox[key].reset();
      write.before?.(gateway.sandbox);
    });

    /** Runs the write; gives the thing as its own answer shows it, null where it is gone. */
    async function run(): Promise<Node | null> {
      const answer = await sendWrite(gateway, write, ids, { success: successOf(shows) });
      const result = resultIn(answer, write);
      expect(result.__typename, JSON.stringify(result)).toMatch(/Success$/);
      expect(answer.errors).toBeUndefined();
      // What a success shows was selected by its type.
      return shows.gone === true ? null : (present(result[shows.object]) as Node);
    }

    it('is seen in its own answer, and by id and in lists after it', async () => {
      const known = shows.id === undefined ? undefined : idIn(ids, shows.id);
      const before = known === undefined ? undefined : present(await readNode(shows, known));
      const written = await run();
      const id = written?.id ?? present(known);
      const after = await readNode(shows, id);
      if (written === null) expect(after).toBeNull();
      else expect(after).toMatchObject(written);
      expect(after).not.toEqual(before);
      if (list === undefined) return;
      const rows = await listed(shows, String((after ?? before)?.[own]));
      expect(rows.filter((row) => row.id === id)).toEqual(after === null ? [] : [{ id, [own]: after[own] }]);
    });

    it('is seen by whoever reads after it, though a read from before it is still under way', async () => {
      const known = shows.id === undefined ? undefined : idIn(ids, shows.id);
      const name = nameGiven(write, ids);
      const leaving = new AbortController();
      const lift = faults().add({ method: 'GET', effect: { type: 'drip', milliseconds: 1_000 } });
      // What the write makes can be read only in a list before it is there.
      const early =
        known === undefined ? listed(shows, name, leaving.signal) : readNode(shows, known, leaving.signal);
      const left = expect(early).rejects.toThrow();
      await requests().waitFor((all) => all.length > 0);
      lift();

      const written = await run();
      if (known === undefined) {
        expect((await listed(shows, name)).map(({ id }) => id)).toContain(written?.id);
      } else if (written === null) {
        expect(await readNode(shows, known)).toBeNull();
      } else {
        expect(await readNode(shows, known)).toMatchObject(written);
      }
      // It really was under way all that time.
      expect(requests().all[0]).toMatchObject({ method: 'GET', status: undefined, aborted: false });
      leaving.abort();
      await left;
    });

    if (shows.gone === true) return;
    it('is a success though it cannot be read back', async () => {
      const broken = requests().waitFor(() => {
        const isLast = writesIn(gateway, key).length >= write.sends.length;
        if (isLast) faults().add({ method: 'GET', effect: { type: 'answer', status: 503 } });
        return isLast;
      });
      const answer = await sendWrite(gateway, write, ids, { success: successOf(shows) });
      await broken;
      const result = resultIn(answer, write);
      expect(result.__typename, JSON.stringify(result)).toMatch(/Success$/);
      expect(result[shows.object]).toBeNull();
      expect(answer.errors).toMatchObject([
        { path: [write.mutation, shows.object], extensions: { code: 'SOURCE_UNAVAILABLE' } },
      ]);
      faults().clear();
      if (shows.object === 'version') return;
      const id = String(result[`${shows.object}Id`]);
      expect(await readNode(shows, id)).toMatchObject({ id });
    });
  });
}
