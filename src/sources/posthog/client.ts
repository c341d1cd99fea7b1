import type { VendorHttp } from '../../http/operation.ts';
import { pathOf } from '../../http/path.ts';
import { type PathPrefix, type Roots, rootsOf } from './roots.ts';
import {
  type Dataset,
  type DatasetItem,
  type Listing,
  type PromptRow,
  parseDatasetItem,
  parseDatasetItems,
  parseDatasets,
  parsePrompts,
  parseResolvedPrompt,
  parseReviewQueue,
  parseScoreDefinition,
  parseScoreDefinitions,
  parseTraceReview,
  parseTraceReviews,
  type ResolvedPrompt,
  type ScoreDefinition,
  type TraceReview,
  type Written,
} from './schema.ts';

/** PostHog's names of the operations (its OpenAPI operation ids). */
export const endpoints = {
  datasets: 'datasets_list',
  items: 'dataset_items_list',
  item: 'dataset_items_retrieve',
  reviews: 'llm_analytics_trace_reviews_list',
  review: 'llm_analytics_trace_reviews_retrieve',
  definitions: 'llm_analytics_score_definitions_list',
  definition: 'llm_analytics_score_definitions_retrieve',
  queue: 'llm_analytics_review_queues_retrieve',
  prompts: 'llm_prompts_list',
  resolve: 'llm_prompts_resolve_name_retrieve',
} as const;

export interface PageQuery {
  readonly limit: number;
  /** 0 when left out. */
  readonly offset?: number | undefined;
}

export interface DatasetsQuery extends PageQuery {
  /** Comma-joined. Never empty: an empty list switches the filter off. */
  readonly idIn?: string | undefined;
  readonly search?: string | undefined;
  readonly orderBy?: string | undefined;
}

export interface ItemsQuery extends PageQuery {
  readonly dataset?: string | undefined;
}

export interface ReviewsQuery extends PageQuery {
  readonly traceId?: string | undefined;
  /** Comma-joined. Never empty, as above. */
  readonly traceIdIn?: string | undefined;
  /** Comma-joined. Never empty, as above. */
  readonly definitionIdIn?: string | undefined;
  readonly search?: string | undefined;
  readonly orderBy?: string | undefined;
}

export interface DefinitionsQuery extends PageQuery {
  readonly search?: string | undefined;
  readonly kind?: string | undefined;
  readonly archived?: boolean | undefined;
}

export interface PromptsQuery extends PageQuery {
  readonly content: 'full' | 'preview' | 'none';
  readonly search?: string | undefined;
  readonly createdById?: string | undefined;
}

export interface ResolveQuery extends PageQuery {
  readonly version?: number | undefined;
  readonly versionId?: string | undefined;
}

/** PostHog's read operations, one method each. */
export class PostHogClient {
  readonly #http: VendorHttp;
  readonly #roots: Roots;

  constructor(http: VendorHttp, prefix: PathPrefix | undefined) {
    this.#http = http;
    this.#roots = rootsOf(http, prefix);
  }

  datasets(query: DatasetsQuery): Promise<Listing<Dataset>> {
    return this.#http.get(
      {
        endpoint: endpoints.datasets,
        path: `${this.#roots.datasets}/datasets/`,
        query: { id__in: query.idIn, search: query.search, order_by: query.orderBy, ...pageOf(query) },
      },
      parseDatasets,
    );
  }

  items(query: ItemsQuery): Promise<Listing<DatasetItem>> {
    return this.#http.get(
      {
        endpoint: endpoints.items,
        path: `${this.#roots.datasets}/dataset_items/`,
        query: { dataset: query.dataset, ...pageOf(query) },
      },
      parseDatasetItems,
    );
  }

  item(id: string): Promise<DatasetItem> {
    const path = `${this.#roots.datasets}${pathOf`/dataset_items/${id}/`}`;
    return this.#http.get({ endpoint: endpoints.item, path }, parseDatasetItem);
  }

  reviews(query: ReviewsQuery): Promise<Listing<TraceReview>> {
    return this.#http.get(
      {
        endpoint: endpoints.reviews,
        path: `${this.#roots.reviews}/trace_reviews/`,
        query: {
          trace_id: query.traceId,
          trace_id__in: query.traceIdIn,
          definition_id__in: query.definitionIdIn,
          search: query.search,
          order_by: query.orderBy,
          ...pageOf(query),
        },
      },
      parseTraceReviews,
    );
  }

  review(id: string): Promise<TraceReview> {
    const path = `${this.#roots.reviews}${pathOf`/trace_reviews/${id}/`}`;
    return this.#http.get({ endpoint: endpoints.review, path }, parseTraceReview);
  }

  definitions(query: DefinitionsQuery): Promise<Listing<ScoreDefinition>> {
    return this.#http.get(
      {
        endpoint: endpoints.definitions,
        path: `${this.#roots.reviews}/score_definitions/`,
        query: { search: query.search, kind: query.kind, archived: query.archived, ...pageOf(query) },
      },
      parseScoreDefinitions,
    );
  }

  definition(id: string): Promise<ScoreDefinition> {
    const path = `${this.#roots.reviews}${pathOf`/score_definitions/${id}/`}`;
    return this.#http.get({ endpoint: endpoints.definition, path }, parseScoreDefinition);
  }

  queue(id: string): Promise<Written> {
    const path = `${this.#roots.reviews}${pathOf`/review_queues/${id}/`}`;
    return this.#http.get({ endpoint: endpoints.queue, path }, parseReviewQueue);
  }

  prompts(query: PromptsQuery): Promise<Listing<PromptRow>> {
    return this.#http.get(
      {
        endpoint: endpoints.prompts,
        path: `${this.#roots.prompts}/`,
        query: {
          content: query.content,
          search: query.search,
          created_by_id: query.createdById,
          ...pageOf(query),
        },
      },
      parsePrompts,
    );
  }

  /** A version (the latest by default) and a part of the history. Reads the database and records no event. */
  resolve(name: string, query: ResolveQuery): Promise<ResolvedPrompt> {
    return this.#http.get(
      {
        endpoint: endpoints.resolve,
        path: `${this.#roots.prompts}${pathOf`/resolve/name/${name}/`}`,
        query: { version: query.version, version_id: query.versionId, ...pageOf(query) },
      },
      parseResolvedPrompt,
    );
  }
}

function pageOf({ limit, offset }: PageQuery): { limit: number; offset: number | undefined } {
  return { limit, offset: offset === 0 ? undefined : offset };
}
