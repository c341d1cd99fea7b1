import type { ScoreDefinition, ScoreDefinitionFilter } from '../../domain/review.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { ListStream } from '../source.ts';
import { offsetStream } from '../streams.ts';
import { endpoints, type PostHogClient } from './client.ts';
import { type ListedRows, readRange, searchOf, streamOf } from './listing.ts';
import { mapScoreDefinition, vendorKinds } from './review-mapping.ts';
import type { ScoreDefinition as ScoreDefinitionRow } from './schema.ts';

/** Score definitions by PostHog's filters, by name. */
export function listScoreDefinitions(
  source: SourceKey,
  client: PostHogClient,
  filter: ScoreDefinitionFilter,
): ListStream<ScoreDefinition> {
  const { archived } = filter;
  const search = searchOf(filter.search);
  const kind = filter.kind === undefined ? undefined : vendorKinds[filter.kind];
  const rows: ListedRows<ScoreDefinitionRow, ScoreDefinition> = {
    endpoint: endpoints.definitions,
    fetchPage: (offset, limit) => client.definitions({ search, kind, archived, limit, offset }),
    map: (row) => mapScoreDefinition(source, row),
  };
  if (filter.kind === undefined || kind !== undefined) return streamOf(rows);
  // PostHog cannot be asked for kinds that are not known here: they are picked out of all.
  return offsetStream({
    idOf: (definition) => definition.vendorId,
    fetchRange: async (offset, limit) => {
      const page = await readRange(rows, offset, limit);
      return { ...page, good: page.good.filter(({ value }) => value.kind === filter.kind) };
    },
  });
}
