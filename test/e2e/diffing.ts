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
    readonly nodes: readonly ShownEntry[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  } | null;
}

const document = `query ($base: DatasetVersionInput!, $head: DatasetVersionInput!, $first: Int, $after: String, $kinds: [DiffKind!]) {
  datasetDiff(base: $base, head: $head) {
    base { ref } head { ref } addedCount removedCount changedCount unchangedCount
    entries(first: $first, after: $after, kinds: $kinds) {
      totalCount
      nodes { kind before { id input expectedOutput } after { id input expectedOutput } paths }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;

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
