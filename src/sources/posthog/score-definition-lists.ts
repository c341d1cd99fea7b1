import type { ScoreDefinition, ScoreDefinitionFilter } from '../../domain/review.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { ListStream } from '../source.ts';
import { offsetStream, type RawPage } from '../streams.ts';
import { endpoints, type PostHogClient } from './client.ts';
import { definitionsAPage } from './limits.ts';
import { readRange, searchOf } from './listing.ts';
import { mapScoreDefinition, vendorKinds } from './review-mapping.ts';

/** By name and then by id, as the vendor lists them. */
function byName(a: ScoreDefinition, b: ScoreDefinition): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.vendorId < b.vendorId ? -1 : 1;
}

/**
 * Score definitions by PostHog's filters, by name. Servers of the later generation leave archived ones out of a list
 * that does not ask for them: there both lists are read whole, and put together here.
 */
export function listScoreDefinitions(
  source: SourceKey,
  client: PostHogClient,
  filter: ScoreDefinitionFilter,
): ListStream<ScoreDefinition> {
  const search = searchOf(filter.search);
  const kind = filter.kind === undefined ? undefined : vendorKinds[filter.kind];
  let hidesArchived = false;

  function read(
    archived: boolean | undefined,
    offset: number,
    limit: number,
  ): Promise<RawPage<ScoreDefinition>> {
    const rows = {
      endpoint: endpoints.definitions,
      fetchPage: async (from: number, count: number) => {
        const listing = await client.definitions({ search, kind, archived, limit: count, offset: from });
        hidesArchived ||= listing.results.good.some(
          ({ value }) => typeof value.current_version_id === 'string',
        );
        return listing;
      },
      map: (row: Parameters<typeof mapScoreDefinition>[1]) => mapScoreDefinition(source, row),
    };
    return readRange(rows, offset, limit);
  }

  /** All of both lists; `page` is what a list without the filter gave from `offset`. */
  async function readBoth(
    page: RawPage<ScoreDefinition>,
    offset: number,
    limit: number,
  ): Promise<RawPage<ScoreDefinition>> {
    const isWhole = offset === 0 && page.count === page.total;
    const [shown, archived] = await Promise.all([
      isWhole ? page : read(undefined, 0, definitionsAPage),
      read(true, 0, definitionsAPage),
    ]);
    const byId = new Map([...shown.good, ...archived.good].map(({ value }) => [value.vendorId, value]));
    const items = [...byId.values()].sort(byName);
    const good = items.slice(offset, offset + limit).map((value, index) => ({ index, value }));
    const faults = offset === 0 ? [...shown.faults, ...archived.faults] : [];
    return { good, count: good.length, faults, total: items.length };
  }

  return offsetStream({
    idOf: (definition) => definition.vendorId,
    fetchRange: async (offset, limit) => {
      let page = await read(filter.archived, offset, limit);
      // Without rows nothing tells the generation.
      const mayHide = hidesArchived || page.count === 0;
      if (filter.archived === undefined && mayHide) page = await readBoth(page, offset, limit);
      if (filter.kind === undefined || kind !== undefined) return page;
      // PostHog cannot be asked for kinds that are not known here: they are picked out of all.
      return { ...page, good: page.good.filter(({ value }) => value.kind === filter.kind) };
    },
  });
}
