import { expect } from 'vitest';
import type { Sandbox } from '../../sandbox/index.ts';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import { ReadResourceDocument, type Vendor, type VendorRef } from '../generated/graphql.ts';
import type { Answer, TestGateway } from '../support/gateway.ts';

/** What must be there. */
export function present<T>(value: T | null | undefined, what = 'a value'): T {
  if (value === null || value === undefined) throw new Error(`${what} is missing`);
  return value;
}

/** The data of an answer that must have no errors. */
export function dataOf<Data>(answer: Answer<Data>): Data {
  if (answer.errors !== undefined) throw new Error(`unexpected errors: ${answer.text}`);
  return answer.data;
}

/** The id in this API of a thing that is known by its vendor's own. */
export async function idOf(gateway: TestGateway, ref: VendorRef): Promise<string> {
  const { resource } = dataOf(await gateway.query(ReadResourceDocument, { ref }));
  return present(resource, `${ref.vendor} ${ref.kind} ${ref.vendorId}`).id;
}

/** Microseconds since 1970 of an instant, which tells apart what a Date does not. */
export function microsOf(instant: string | null): number {
  const match = /^(.{19})(?:\.(\d{1,6}))?Z$/.exec(present(instant, 'an instant'));
  const [, whole = '', fraction = ''] = present(match, `an instant in ${instant}`);
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
}

/** An instant of so many microseconds as Datadog writes it: no zeros at the end of the fraction. */
export function datadogInstant(micros: number): string {
  const fraction = String(micros % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const whole = new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19);
  return fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`;
}

/** An instant of so many milliseconds as Humanloop writes it: six digits of fraction. */
export function humanloopInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

interface PageOfNodes {
  readonly nodes: readonly object[];
  readonly edges?: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Holds of every page of every list. */
function checkPage({ nodes, edges, pageInfo }: PageOfNodes, isLater: boolean): void {
  expect(pageInfo.hasPreviousPage).toBe(isLater);
  if (edges === undefined) return;
  expect(edges.map(({ node }) => node.id)).toEqual(nodes.map((node) => ('id' in node ? node.id : undefined)));
  expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
    edges[0]?.cursor ?? null,
    edges.at(-1)?.cursor ?? null,
  ]);
  expect(new Set(edges.map(({ cursor }) => cursor)).size).toBe(edges.length);
}

/** Reads pages from `endCursor` to `endCursor` until there is no next one; `between` runs after each page. */
export async function readPages<Page extends PageOfNodes>(
  read: (after: string | null) => Promise<Page>,
  between: (page: Page, index: number) => Promise<void> | void = () => undefined,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let after: string | null = null;
  for (let turn = 0; turn < 400; turn += 1) {
    const page: Page = await read(after);
    pages.push(page);
    checkPage(page, turn > 0);
    if (!page.pageInfo.hasNextPage) return pages;
    after = present(page.pageInfo.endCursor, 'the end cursor of a page that has a next one');
    await between(page, turn);
  }
  throw new Error('the list does not end');
}

/** A thing at a vendor, as far as lists over all vendors are concerned. */
export interface Listed {
  readonly vendor: Vendor;
  readonly vendorId: string;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export function posthogProject(sandbox: Sandbox) {
  return sandbox.posthog.state.project(posthogCredentials.acme.projectId);
}

/** Every dataset that the gateway's keys may see, newest first, as the vendors hold them now. Times in microseconds. */
export function datasetsOf(sandbox: Sandbox): readonly Listed[] {
  const datadog = [...sandbox.datadog.state.tenant('acme').projects.values()].flatMap(({ datasets }) =>
    Array.from(datasets.values(), ({ id, name, createdAt, updatedAt }): Listed => {
      return { vendor: 'DATADOG', vendorId: id, name, createdAt, updatedAt };
    }),
  );
  const { acme } = sandbox.humanloop.state;
  const humanloop = Array.from(acme.datasets.values(), (file): Listed => {
    const onDefault = file.deployments.get(
      present(acme.environments.find(({ tag }) => tag === 'default')).id,
    );
    const version = present(file.versions.find(({ id }) => id === onDefault) ?? file.versions.at(-1));
    return {
      vendor: 'HUMANLOOP',
      vendorId: file.id,
      name: file.path.slice(file.path.lastIndexOf('/') + 1),
      createdAt: version.createdAt * 1000,
      updatedAt: Math.max(version.updatedAt, file.movedAt) * 1000,
    };
  });
  const posthog = posthogProject(sandbox)
    .datasets.filter(({ deleted }) => deleted !== true)
    .map(({ id, name, createdAt, updatedAt }): Listed => {
      return {
        vendor: 'POSTHOG',
        vendorId: id,
        name,
        createdAt: microsOf(createdAt),
        updatedAt: microsOf(updatedAt),
      };
    });
  return [...datadog, ...humanloop, ...posthog].sort((a, b) => b.createdAt - a.createdAt);
}

/** Names things so that two lists of them can be compared. */
export function nameOf({ vendor, vendorId }: Pick<Listed, 'vendor' | 'vendorId'>): string {
  return `${vendor} ${vendorId}`;
}
