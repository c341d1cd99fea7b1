import DataLoader from 'dataloader';
import type { Dataset, DatasetItem } from '../domain/dataset.ts';
import type { ModelLabProject, Project } from '../domain/project.ts';
import type { Prompt, PromptVersion } from '../domain/prompt.ts';
import type { ScoreDefinition, TraceReview } from '../domain/review.ts';
import type { SourceKey } from '../domain/vendor.ts';
import type { SourceSlot } from '../sources/source.ts';
import { createResourceLoader, type ResourceLoader } from './align-by-key.ts';

/** What an operation reads by id, asked once each and together where the vendor can. */
export interface Loaders {
  readonly dataset: ResourceLoader<'DATASET', Dataset>;
  readonly datasetItem: ResourceLoader<'DATASET_ITEM', DatasetItem>;
  readonly prompt: ResourceLoader<'PROMPT', Prompt>;
  readonly promptVersion: ResourceLoader<'PROMPT_VERSION', PromptVersion>;
  readonly traceReview: ResourceLoader<'TRACE_REVIEW', TraceReview>;
  readonly scoreDefinition: ResourceLoader<'SCORE_DEFINITION', ScoreDefinition>;
  readonly project: ResourceLoader<'PROJECT', Project>;
  readonly modelLabProject: ResourceLoader<'MODEL_LAB_PROJECT', ModelLabProject>;
  /** The review of a trace at a source, or null: many traces are one request. */
  reviewByTrace(source: SourceKey, traceId: string): Promise<TraceReview | null>;
  /** Drops what was read, so that what is loaded next is read anew. */
  clear(): void;
}

/** Loaders for one operation. Never keep them longer: they remember what they read. */
export function createLoaders(list: readonly SourceSlot[]): Loaders {
  const slots = new Map(list.map((slot) => [slot.key, slot]));
  const byTrace = new Map<SourceKey, DataLoader<string, TraceReview | null>>();
  const byId: Omit<Loaders, 'reviewByTrace' | 'clear'> = {
    dataset: createResourceLoader(slots, (source, keys) => source.datasets?.getDatasets(keys)),
    datasetItem: createResourceLoader(slots, (source, keys) => source.datasets?.getItems(keys)),
    prompt: createResourceLoader(slots, (source, keys) => source.prompts?.getPrompts(keys)),
    promptVersion: createResourceLoader(slots, (source, keys) => source.prompts?.getVersions(keys)),
    traceReview: createResourceLoader(slots, (source, keys) => source.reviews?.getReviews(keys)),
    scoreDefinition: createResourceLoader(slots, (source, keys) => source.reviews?.getScoreDefinitions(keys)),
    project: createResourceLoader(slots, (source, keys) => source.projects?.getProjects(keys)),
    modelLabProject: createResourceLoader(slots, (source, keys) =>
      source.modelLab?.getModelLabProjects(keys),
    ),
  };
  return {
    ...byId,
    clear: () => {
      for (const loader of Object.values(byId)) loader.clearAll();
      byTrace.clear();
    },
    reviewByTrace: (source, traceId) => {
      let loader = byTrace.get(source);
      if (loader === undefined) {
        loader = new DataLoader<string, TraceReview | null>(async (traceIds) => {
          const reviews = await slots.get(source)?.source?.reviews?.getReviewsByTrace(traceIds);
          return traceIds.map((id) => reviews?.get(id) ?? null);
        });
        byTrace.set(source, loader);
      }
      return loader.load(traceId);
    },
  };
}
