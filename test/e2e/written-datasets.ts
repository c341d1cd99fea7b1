import type { Vendor } from '../generated/graphql.ts';
import type { TestGateway } from '../support/gateway.ts';
import { dataOf, idOf, present } from './reading.ts';
import { succeed } from './writing.ts';

export const datasetVendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const satisfies readonly Vendor[];

/** An item as every vendor can keep it; `text` tells it from others. */
export function itemOf(text: string): { readonly input: object; readonly expectedOutput: object } {
  return { input: { question: text }, expectedOutput: { answer: `about ${text}` } };
}

/** The project of the sandbox's Datadog that tests make datasets in. */
export function projectId(gateway: TestGateway): Promise<string> {
  const { id } = gateway.sandbox.datadog.state.project('acme', 'meeting-summariser');
  return idOf(gateway, { vendor: 'DATADOG', kind: 'PROJECT', vendorId: id });
}

/** What `createDataset` needs besides a name. */
export async function placeOf(gateway: TestGateway, vendor: Vendor): Promise<object> {
  return vendor === 'DATADOG' ? { vendor, projectId: await projectId(gateway) } : { vendor };
}

export interface MadeDataset {
  readonly id: string;
  readonly vendorId: string;
  readonly latestRef: string | null;
}

let made = 0;

/** A name that no other test has used. */
export function freshName(what: string): string {
  made += 1;
  return `${what} ${made} of ${process.pid}`;
}

/** Makes a dataset through the gateway, with an item for each text. */
export async function makeDataset(
  gateway: TestGateway,
  vendor: Vendor,
  texts: readonly string[] = ['one', 'two', 'three'],
  name: string = freshName('Written'),
): Promise<MadeDataset> {
  const input = { ...(await placeOf(gateway, vendor)), name, items: texts.map(itemOf) };
  const selection = 'datasetId dataset { vendorId latestVersion { ref } }';
  const { datasetId, dataset } = await succeed<{
    readonly datasetId: string;
    readonly dataset: {
      readonly vendorId: string;
      readonly latestVersion: { readonly ref: string } | null;
    } | null;
  }>(gateway, 'createDataset', input, selection);
  const { vendorId, latestVersion } = present(dataset, 'the dataset that was made');
  return { id: datasetId, vendorId, latestRef: latestVersion?.ref ?? null };
}

export interface ReadItem {
  readonly id: string;
  readonly vendorId: string;
  readonly input: unknown;
  readonly expectedOutput: unknown;
  readonly messages: unknown;
  readonly metadata: unknown;
  readonly tags: readonly string[] | null;
  readonly sourceTraceId: string | null;
  readonly sourceId: string | null;
  readonly sourceTimestamp: string | null;
}

interface ItemsPage {
  readonly nodes: readonly ReadItem[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly sourceErrors: readonly unknown[];
}

const itemsDocument = `query ($id: ID!, $after: String, $versionRef: String) {
  dataset(id: $id) { items(first: 100, after: $after, versionRef: $versionRef) {
    nodes { id vendorId input expectedOutput messages metadata tags sourceTraceId sourceId sourceTimestamp }
    pageInfo { hasNextPage endCursor }
    sourceErrors { code message }
  } }
}`;

/** All items of a dataset, as `items` gives them. */
export async function readItems(
  gateway: TestGateway,
  id: string,
  versionRef: string | null = null,
): Promise<readonly ReadItem[]> {
  const items: ReadItem[] = [];
  let after: string | null = null;
  do {
    const answer: { readonly dataset: { readonly items: ItemsPage } | null } = dataOf(
      await gateway.query<{ dataset: { items: ItemsPage } | null }, object>(itemsDocument, {
        id,
        after,
        versionRef,
      }),
    );
    const page = present(answer.dataset, `dataset ${id}`).items;
    if (page.sourceErrors.length > 0) throw new Error(JSON.stringify(page.sourceErrors));
    items.push(...page.nodes);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return items;
}

/** The text of each item that {@link itemOf} made, sorted. */
export function textsOf(items: readonly ReadItem[]): readonly string[] {
  return items
    .map(({ input }) => {
      const isObject = typeof input === 'object' && input !== null && 'question' in input;
      return isObject ? String(input.question) : JSON.stringify(input);
    })
    .sort();
}

/** The item of that text. */
export function itemWith(items: readonly ReadItem[], text: string): ReadItem {
  return present(
    items.find((item) => textsOf([item])[0] === text),
    `an item of ${text}`,
  );
}
