import type { ObjectRef } from '@pothos/core';
import type { Connection, Edge, PageInfo } from '../resolvers/connection.ts';
import { oneOfRow, rowsOfPage } from '../resolvers/costs/weight.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { costs } from './cost.ts';
import { SourceErrorType } from './errors.ts';

const PageInfoType = builder.objectRef<PageInfo>('PageInfo').implement({
  description: 'Where a page stands in its list. Paging goes forward: `first` and `after`.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', {
      nullable: false,
      description:
        'Whether there is more after this page at the vendors that answer. A vendor that failed is named in `sourceErrors`; going on from `endCursor` asks it again.',
    }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      nullable: false,
      description: 'Whether this page was reached with `after`.',
    }),
    startCursor: t.string({
      description: 'The cursor of the first edge; null on a page without edges.',
      resolve: (pageInfo) => pageInfo.startCursor(),
    }),
    endCursor: t.string({
      description:
        'Give it as `after` for the next page. A page without edges has one too when a vendor failed, to ask that one again from where it stood.',
      resolve: (pageInfo) => pageInfo.endCursor(),
    }),
  }),
});

/** The paging arguments of every connection. */
export const pageArguments = builder.args((t) => ({
  first: t.int({ description: 'How many to give: 1 to 100, 25 when left out.' }),
  after: t.string({
    description:
      'Give what comes after this cursor. Cursors are opaque and good for the same list, filter and order only.',
  }),
}));

interface ConnectionOptions<T> {
  /** `Dataset` makes `DatasetConnection` and `DatasetEdge`. */
  readonly name: string;
  /** In the plural, for descriptions: `datasets`. */
  readonly plural: string;
  readonly node: ObjectRef<SchemaTypes, T>;
  /** Says what the count means, where the connection has one. */
  readonly totalCount?: string;
}

/** Declares a connection and its edge. Nodes are never null: a bad row is left out and named. */
export function connectionType<T>(options: ConnectionOptions<T>): ObjectRef<SchemaTypes, Connection<T>> {
  const { name, plural, node, totalCount } = options;
  const edge = builder.objectRef<Edge<T>>(`${name}Edge`).implement({
    description: `One of the ${plural} of a page, with its place in the list.`,
    fields: (t) => ({
      cursor: t.string({
        nullable: false,
        description: 'Where this one stands: give it as `after` for what follows.',
        resolve: (parent) => parent.cursor(),
      }),
      node: t.field({
        extensions: costs(oneOfRow),
        type: node,
        nullable: false,
        description: 'The thing itself.',
        // Pothos decides list or not by a conditional type, which cannot see through a type parameter.
        resolve: (parent) => parent.node as never,
      }),
    }),
  });
  return builder.objectRef<Connection<T>>(`${name}Connection`).implement({
    description: `A page of ${plural}.`,
    fields: (t) => ({
      edges: t.field({
        extensions: costs(rowsOfPage),
        type: [edge],
        nullable: false,
        description: 'What is on the page, each with its cursor.',
        resolve: (connection) => connection.edges,
      }),
      nodes: t.field({
        extensions: costs(rowsOfPage),
        type: [node],
        nullable: false,
        description: 'What is on the page, without cursors.',
        resolve: (connection) => connection.nodes,
      }),
      pageInfo: t.field({
        type: PageInfoType,
        nullable: false,
        description: 'Whether there is more, and where to go on.',
        resolve: (connection) => connection.pageInfo,
      }),
      ...(totalCount === undefined
        ? {}
        : { totalCount: t.exposeInt('totalCount', { description: totalCount }) }),
      sourceErrors: t.field({
        type: [SourceErrorType],
        nullable: false,
        description:
          'What is missing because of a vendor: one entry for each vendor, project or row that could not be read. Empty when nothing is.',
        resolve: (connection) => connection.sourceErrors,
      }),
    }),
  });
}
