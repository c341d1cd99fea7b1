import { InvalidInputError, type LockstepError } from '../../domain/errors.ts';
import type { GlobalId } from '../../domain/identity.ts';
import type {
  ModelLabProject,
  ModelLabProjectFilter,
  ModelLabProjectOrder,
  PageNumbers,
} from '../../domain/project.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { ListStream, ModelLabSource, StreamPage } from '../source.ts';
import { type TokenPage, tokenStream } from '../streams.ts';
import { readModelLabAddress } from './addresses.ts';
import type { DatadogClient, ModelLabQuery } from './client.ts';
import { failureOf, unlessNotFound } from './failures.ts';
import { greatestModelLabId, pageSizes } from './limits.ts';
import { mapModelLabProject } from './mapping.ts';
import type { VendorModelLabPage } from './model-lab-schema.ts';
import { mapRows } from './page-rows.ts';

const sortFields: Readonly<Record<ModelLabProjectOrder['field'], string>> = {
  NAME: 'name',
  CREATED_AT: 'created_at',
  UPDATED_AT: 'updated_at',
};

/** Datadog spec: `key:value,key2:value2`, without a way to escape. */
function writeTags(tags: NonNullable<ModelLabProjectFilter['tags']>): string | undefined {
  const issues = tags.flatMap(({ key, value }, index) =>
    key === '' || /[:,]/.test(key + value)
      ? [{ path: ['filter', 'tags', String(index)], message: 'must have a key, and no colon or comma' }]
      : [],
  );
  if (issues.length > 0) {
    const message =
      'Datadog reads the tags of a filter as `key:value,key2:value2`: a tag without a key, or with a colon or comma, cannot be asked for.';
    throw new InvalidInputError(message, issues);
  }
  return tags.map(({ key, value }) => `${key}:${value}`).join(',') || undefined;
}

function queryOf(filter: ModelLabProjectFilter, order: ModelLabProjectOrder | undefined): ModelLabQuery {
  const descending = order?.direction === 'DESC' ? '-' : '';
  return {
    search: filter.search || undefined,
    ownerId: filter.ownerId,
    tags: writeTags(filter.tags ?? []),
    sort: order === undefined ? undefined : descending + sortFields[order.field],
  };
}

/** A page's number means nothing without its size: both are in the token of the page after. */
function writeToken(number: number, size: number): string {
  return `${number}.${size}`;
}

function readToken(token: string): { number: number; size: number } {
  const match = /^(\d{1,15})\.(\d{1,3})$/.exec(token);
  const [number, size] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || size < 1 || size > pageSizes.modelLabMaximum) {
    throw new InvalidInputError('This cursor is damaged. Use cursors as they are, from the same list.');
  }
  return { number, size };
}

/** Datadog's page numbers, which count from `first`, as such that count from 1. */
function mapNumbers(page: VendorModelLabPage, next: number | undefined, first: number): PageNumbers {
  const counted = (number: number | null | undefined): number | null =>
    number === null || number === undefined ? null : number - first + 1;
  return {
    number: page.number - first + 1,
    size: page.size,
    first: 1,
    last: counted(page.last_number),
    next: counted(next),
    previous: counted(page.prev_number),
  };
}

/** A page that is not there, told without asking for it: what a vendor answers then is not documented. */
function pastTheEnd({ total, page }: TokenPage<unknown>, number: number): StreamPage<ModelLabProject> {
  return {
    items: [],
    positionAfter: (index) => {
      throw new RangeError(`no row ${index}`);
    },
    done: true,
    next: undefined,
    faults: [],
    total,
    page: page && { ...page, number, next: null, previous: page.last },
  };
}

export function createModelLabSource(source: SourceKey, client: DatadogClient): ModelLabSource {
  /**
   * The number of the first page: 1 by the spec, 0 as recorded. Learnt from the answers of this operation; told
   * by `first_number`, or by the page that comes when none is asked for.
   */
  let firstNumber: number | undefined;

  async function readPage(
    query: ModelLabQuery,
    token: string | undefined,
    limit: number,
  ): Promise<TokenPage<ModelLabProject>> {
    const place = token === undefined ? undefined : readToken(token);
    const size = place?.size ?? Math.min(limit, pageSizes.modelLabMaximum);
    const answer = await client.listModelLabProjects({ ...query, number: place?.number, size });
    const { page, next } = answer;
    firstNumber = page.first_number ?? (place === undefined ? page.number : firstNumber);
    return {
      ...mapRows(answer, (row) => mapModelLabProject(source, row)),
      total: page.total,
      page: mapNumbers(page, next, firstNumber ?? 1),
      nextToken: next === undefined ? undefined : writeToken(next, size),
    };
  }

  function streamOf(query: ModelLabQuery): ListStream<ModelLabProject> {
    return tokenStream({
      idOf: (project) => project.id,
      fetchPage: (token, limit) => readPage(query, token, limit),
    });
  }

  /** A page of the stream by the vendor's number, so that its cursors go on in the stream. */
  async function fetchNumbered(query: ModelLabQuery, number: number, size: number) {
    const before = tokenStream({
      idOf: (project: ModelLabProject) => project.id,
      fetchPage: async () => {
        const nextToken = writeToken(number, size);
        return { good: [], count: 0, faults: [], total: null, nextToken };
      },
    });
    const { next } = await before.fetch(undefined, size);
    return streamOf(query).fetch(next, size);
  }

  return {
    listModelLabProjects: (filter, order) => streamOf(queryOf(filter, order)),

    async modelLabPage(filter, order, page, size): Promise<StreamPage<ModelLabProject>> {
      const query = queryOf(filter, order);
      if (page === 1) return streamOf(query).fetch(undefined, size);
      if (firstNumber === undefined) {
        const first = await readPage(query, undefined, size);
        if ((page - 1) * size >= (first.total ?? Number.POSITIVE_INFINITY)) return pastTheEnd(first, page);
      }
      return fetchNumbered(query, (firstNumber ?? 1) + page - 1, size);
    },

    async getModelLabProjects(keys) {
      const result = new Map<GlobalId, ModelLabProject | LockstepError>();
      await Promise.all(
        keys.map(async (key) => {
          try {
            const id = readModelLabAddress(key);
            if (!/^(0|[1-9]\d{0,18})$/.test(id) || BigInt(id) > greatestModelLabId) return;
            const answer = await unlessNotFound(client.getModelLabProject(id));
            if (answer !== undefined) result.set(key.id, mapModelLabProject(source, answer.data));
          } catch (error) {
            result.set(key.id, failureOf(error));
          }
        }),
      );
      return result;
    },
  };
}
