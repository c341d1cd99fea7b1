import DataLoader from 'dataloader';
import type { Dataset, DatasetItem } from '../domain/dataset.ts';
import type { IdKind } from '../domain/identity.ts';
import { once } from '../domain/once.ts';
import type { ModelLabProject, Project } from '../domain/project.ts';
import type { Prompt, PromptVersion } from '../domain/prompt.ts';
import type { ScoreDefinition, TraceReview } from '../domain/review.ts';
import type { SourceKey } from '../domain/vendor.ts';
import type { SourceSlot } from '../sources/source.ts';
import { type BatchRead, createResourceLoader, type ResourceLoader } from './align-by-key.ts';

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

/** Loaders for one operation. Never keep them longer: they remember what they read. Made when they are first used. */
export function createLoaders(list: () => readonly SourceSlot[]): Loaders {
  const made: { clearAll(): unknown }[] = [];
  const slots = once(() => new Map(list().map((slot) => [slot.key, slot])));

  function lazily<Kind extends IdKind, Value>(
    read: BatchRead<Kind, Value>,
  ): () => ResourceLoader<Kind, Value> {
    return once(() => {
      const loader = createResourceLoader(slots(), read);
      made.push(loader);
      return loader;
    });
  }

  const dataset = lazily<'DATASET', Dataset>((source, keys) => source.datasets?.getDatasets(keys));
  const datasetItem = lazily<'DATASET_ITEM', DatasetItem>((source, keys) => source.datasets?.getItems(keys));
  const prompt = lazily<'PROMPT', Prompt>((source, keys) => source.prompts?.getPrompts(keys));
  const promptVersion = lazily<'PROMPT_VERSION', PromptVersion>((source, keys) =>
    source.prompts?.getVersions(keys),
  );
  const traceReview = lazily<'TRACE_REVIEW', TraceReview>((source, keys) => source.reviews?.getReviews(keys));
  const scoreDefinition = lazily<'SCORE_DEFINITION', ScoreDefinition>((source, keys) =>
    source.reviews?.getScoreDefinitions(keys),
  );
  const project = lazily<'PROJECT', Project>((source, keys) => source.projects?.getProjects(keys));
  const modelLabProject = lazily<'MODEL_LAB_PROJECT', ModelLabProject>((source, keys) =>
    source.modelLab?.getModelLabProjects(keys),
  );
  const byTrace = new Map<SourceKey, DataLoader<string, TraceReview | null>>();
  return {
    get dataset() {
      return dataset();
    },
    get datasetItem() {
      return datasetItem();
    },
    get prompt() {
      return prompt();
    },
    get promptVersion() {
      return promptVersion();
    },
    get traceReview() {
      return traceReview();
    },
    get scoreDefinition() {
      return scoreDefinition();
    },
    get project() {
      return project();
    },
    get modelLabProject() {
      return modelLabProject();
    },
    clear: () => {
      for (const loader of made) loader.clearAll();
      byTrace.clear();
    },
    reviewByTrace: (source, traceId) => {
      let loader = byTrace.get(source);
      if (loader === undefined) {
        loader = new DataLoader<string, TraceReview | null>(async (traceIds) => {
          const reviews = await slots().get(source)?.source?.reviews?.getReviewsByTrace(traceIds);
          return traceIds.map((id) => reviews?.get(id) ?? null);
        });
        byTrace.set(source, loader);
      }
      return loader.load(traceId);
    },
  };
}
