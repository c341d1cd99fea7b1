import { readFileSync } from 'node:fs';
import type { Answer, TestGateway } from '../support/gateway.ts';

export interface VersionInput {
  readonly datasetId: string;
  readonly versionRef?: string | null;
}

export interface ShownItem {
  readonly id: string;
  readonly input: unknown;
  readonly expectedOutput: unknown;
}
export interface ShownEntry {
  readonly kind: 'ADDED' | 'REMOVED' | 'CHANGED';
  readonly before: ShownItem | null;
  readonly after: ShownItem | null;
  readonly paths: readonly string[];
}
export interface ShownDiff {
  readonly base: { readonly ref: string } | null;
  readonly head: { readonly ref: string } | null;
  readonly addedCount: number;
  readonly removedCount: number;
  readonly changedCount: number;
  readonly unchangedCount: number;
  readonly entries: {
    readonly totalCount: number;
    readonly edges: readonly { readonly cursor: string; readonly node: Pick<ShownEntry, 'kind'> }[];
    readonly nodes: readonly ShownEntry[];
    readonly sourceErrors: readonly object[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  } | null;
}

const document = readFileSync('test/documents/dataset-diff.graphql', 'utf8');

export interface DiffPage {
  readonly first?: number;
  readonly after?: string | null;
  readonly kinds?: readonly string[];
}

/** Compares two versions of datasets. */
export function diff(
  gateway: TestGateway,
  base: VersionInput,
  head: VersionInput,
  page: DiffPage = {},
): Promise<Answer<{ readonly datasetDiff: ShownDiff | null }>> {
  const variables = { base, head, ...page };
  return gateway.query<{ datasetDiff: ShownDiff | null }, object>(document, variables, {
    'x-lockstep-upstream': '1',
  });
}
