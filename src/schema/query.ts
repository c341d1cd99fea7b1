import { costOfDatasetDiff, costOfPromptDiff } from '../resolvers/costs/fields.ts';
import {
  costOfDatasetItems,
  costOfDatasets,
  costOfModelLabProjects,
  costOfProjects,
  costOfPrompts,
  costOfScoreDefinitions,
  costOfTraceReviews,
} from '../resolvers/costs/lists.ts';
import { costOfId, costOfNodes, costOfResource, costOfSources } from '../resolvers/costs/things.ts';
import { free } from '../resolvers/costs/weight.ts';
import { getDataset, getDatasetItem, listDatasetItems, listDatasets } from '../resolvers/datasets.ts';
import { diffDatasets } from '../resolvers/diffs/dataset-diff.ts';
import { diffPrompts } from '../resolvers/diffs/prompt-diff.ts';
import { getNode, getNodes, getResource } from '../resolvers/nodes.ts';
import { getModelLabProject, getProject, listModelLabProjects, listProjects } from '../resolvers/projects.ts';
import { getPrompt, listPrompts } from '../resolvers/prompts.ts';
import { listSources } from '../resolvers/sources.ts';
import { changeCursor } from '../resolvers/subscriptions.ts';
import { getTraceReview, listScoreDefinitions, listTraceReviews } from '../resolvers/trace-reviews.ts';
import { builder } from './builder.ts';
import { pageArguments } from './connection.ts';
import { costs } from './cost.ts';
import { DatasetConnection } from './dataset.ts';
import { DatasetItemConnection, DatasetItemType } from './dataset-item.ts';
import { DatasetDiffType, DatasetVersionInput, PromptDiffType, PromptVersionInput } from './diff.ts';
import {
  DatasetFilterInput,
  DatasetItemFilterInput,
  DatasetOrderInput,
  ModelLabProjectFilterInput,
  ModelLabProjectOrderInput,
  PromptFilterInput,
  ScoreDefinitionFilterInput,
  TraceReviewFilterInput,
  TraceReviewOrderInput,
  VendorRefInput,
} from './inputs.ts';
import { NodeInterface } from './interfaces.ts';
import { ModelLabProjectConnection, ModelLabProjectType, ProjectConnection } from './project.ts';
import { PromptConnection, promptWants } from './prompt.ts';
import { DatasetType, ProjectType, PromptType } from './references.ts';
import { SourceType } from './source.ts';
import { ScoreDefinitionConnection, TraceReviewConnection, TraceReviewType } from './trace-review.ts';

builder.queryType({
  description:
    'Everything that can be read. A vendor that fails costs its own part only: see `sourceErrors` of lists, and `errors`.',
  fields: (t) => ({
    node: t.field({
      extensions: costs(costOfId()),
      type: NodeInterface,
      args: { id: t.arg.id({ required: true, description: 'The id of anything that is a Node.' }) },
      description: 'Anything by its id. One that does not exist is a NOT_FOUND error.',
      resolve: (_root, { id }, context) => getNode(context, id),
    }),
    nodes: t.field({
      extensions: costs(costOfNodes),
      type: [NodeInterface],
      nullable: { list: false, items: true },
      args: {
        ids: t.arg.idList({ required: true, description: 'At most 1,000 ids, of any kinds and vendors.' }),
      },
      description:
        'Many things by their ids, in the order of the ids. One that cannot be given is null, with an error that has its place in `path`.',
      resolve: (_root, { ids }, context) => getNodes(context, ids),
    }),
    resource: t.field({
      extensions: costs(costOfResource),
      type: NodeInterface,
      args: {
        ref: t.arg({ type: VendorRefInput, required: true, description: "The vendor's own name of it." }),
      },
      description: "Anything by its vendor's own id: to come from a vendor's page or log to here.",
      resolve: (_root, { ref }, context) => getResource(context, ref),
    }),
    sources: t.field({
      extensions: costs(costOfSources),
      type: [SourceType],
      nullable: false,
      description: 'The vendors: reachable or not, what they can do, how much quota is left.',
      resolve: (_root, _args, context) => listSources(context),
    }),
    datasets: t.field({
      extensions: costs(costOfDatasets),
      type: DatasetConnection,
      args: {
        ...pageArguments,
        filter: t.arg({ type: DatasetFilterInput, description: 'Which datasets; all when left out.' }),
        orderBy: t.arg({
          type: DatasetOrderInput,
          description: 'In which order; newest first when left out.',
        }),
      },
      description:
        'Datasets of every vendor (or of those in the filter), one connection over three paging styles.',
      resolve: (_root, args, context) => listDatasets(context, args),
    }),
    dataset: t.field({
      extensions: costs(costOfId('DATASET')),
      type: DatasetType,
      args: { id: t.arg.id({ required: true, description: 'The id of a dataset.' }) },
      description: 'One dataset. One that does not exist is a NOT_FOUND error.',
      resolve: (_root, { id }, context) => getDataset(context, id),
    }),
    datasetItems: t.field({
      extensions: costs(costOfDatasetItems),
      type: DatasetItemConnection,
      args: {
        ...pageArguments,
        filter: t.arg({ type: DatasetItemFilterInput, description: 'Which items.' }),
      },
      description:
        'Items of one dataset of any vendor, or of all datasets where a vendor lists so (PostHog).',
      resolve: (_root, args, context) => listDatasetItems(context, args),
    }),
    datasetItem: t.field({
      extensions: costs(costOfId('DATASET_ITEM')),
      type: DatasetItemType,
      args: { id: t.arg.id({ required: true, description: 'The id of a dataset item.' }) },
      description:
        'One item. Where the vendor reads items by page only (Datadog, Humanloop) the dataset is read until it is found.',
      resolve: (_root, { id }, context) => getDatasetItem(context, id),
    }),
    prompts: t.field({
      extensions: costs(costOfPrompts),
      type: PromptConnection,
      args: {
        ...pageArguments,
        filter: t.arg({ type: PromptFilterInput, description: 'Which prompts; all when left out.' }),
      },
      description: 'Prompts of every vendor, newest first by the newest date that each vendor tells.',
      resolve: (_root, args, context, info) => listPrompts(context, args, promptWants(info)),
    }),
    prompt: t.field({
      extensions: costs(costOfId('PROMPT')),
      type: PromptType,
      args: { id: t.arg.id({ required: true, description: 'The id of a prompt.' }) },
      description: 'One prompt. One that does not exist is a NOT_FOUND error.',
      resolve: (_root, { id }, context) => getPrompt(context, id),
    }),
    traceReviews: t.field({
      extensions: costs(costOfTraceReviews),
      type: TraceReviewConnection,
      args: {
        ...pageArguments,
        filter: t.arg({ type: TraceReviewFilterInput, description: 'Which reviews; all when left out.' }),
        orderBy: t.arg({
          type: TraceReviewOrderInput,
          description: 'In which order; last changed first when left out.',
        }),
      },
      description: 'Human reviews of LLM traces (PostHog).',
      resolve: (_root, args, context) => listTraceReviews(context, args),
    }),
    traceReview: t.field({
      extensions: costs(costOfId('TRACE_REVIEW')),
      type: TraceReviewType,
      args: { id: t.arg.id({ required: true, description: 'The id of a review.' }) },
      description: 'One review. One that does not exist is a NOT_FOUND error.',
      resolve: (_root, { id }, context) => getTraceReview(context, id),
    }),
    scoreDefinitions: t.field({
      extensions: costs(costOfScoreDefinitions),
      type: ScoreDefinitionConnection,
      args: {
        ...pageArguments,
        filter: t.arg({
          type: ScoreDefinitionFilterInput,
          description: 'Which definitions; all when left out.',
        }),
      },
      description: 'What reviews are scored by, by name; enough to build the form.',
      resolve: (_root, args, context) => listScoreDefinitions(context, args),
    }),
    projects: t.field({
      extensions: costs(costOfProjects),
      type: ProjectConnection,
      args: { ...pageArguments },
      description: 'Datadog LLM Observability projects, the homes of Datadog datasets, newest first.',
      resolve: (_root, args, context) => listProjects(context, args),
    }),
    project: t.field({
      extensions: costs(costOfId('PROJECT')),
      type: ProjectType,
      args: { id: t.arg.id({ required: true, description: 'The id of a project.' }) },
      description: 'One project. One that does not exist is a NOT_FOUND error.',
      resolve: (_root, { id }, context) => getProject(context, id),
    }),
    modelLabProjects: t.field({
      extensions: costs(costOfModelLabProjects),
      type: ModelLabProjectConnection,
      args: {
        ...pageArguments,
        page: t.arg.int({ description: 'Jump to a page, counted from 1. Excludes `after`.' }),
        filter: t.arg({
          type: ModelLabProjectFilterInput,
          description: 'Which projects; all when left out.',
        }),
        orderBy: t.arg({
          type: ModelLabProjectOrderInput,
          description: 'In which order; last changed first when left out.',
        }),
      },
      description: "Datadog Model Lab projects, with the vendor's own filters and sort.",
      resolve: (_root, args, context) => listModelLabProjects(context, args),
    }),
    modelLabProject: t.field({
      extensions: costs(costOfId('MODEL_LAB_PROJECT')),
      type: ModelLabProjectType,
      args: { id: t.arg.id({ required: true, description: 'The id of a Model Lab project.' }) },
      description: 'One Model Lab project. One that does not exist is a NOT_FOUND error.',
      resolve: (_root, { id }, context) => getModelLabProject(context, id),
    }),
    datasetDiff: t.field({
      extensions: costs(costOfDatasetDiff),
      type: DatasetDiffType,
      args: {
        base: t.arg({ type: DatasetVersionInput, required: true, description: 'What to compare with.' }),
        head: t.arg({ type: DatasetVersionInput, required: true, description: 'What to compare.' }),
      },
      description:
        'What changed between two versions, of one dataset or of two, of any vendors. Both are read whole: at most 10,000 items each.',
      resolve: (_root, args, context) => diffDatasets(context, args),
    }),
    promptDiff: t.field({
      extensions: costs(costOfPromptDiff),
      type: PromptDiffType,
      args: {
        base: t.arg({ type: PromptVersionInput, required: true, description: 'What to compare with.' }),
        head: t.arg({ type: PromptVersionInput, required: true, description: 'What to compare.' }),
      },
      description: 'What changed between two versions, of one prompt or of two, of any vendors.',
      resolve: (_root, args, context) => diffPrompts(context, args),
    }),
    changeCursor: t.string({
      extensions: costs(free),
      description:
        'The end of the change log, taken before anything of this operation is read. Give it as `after` of a subscription: what has changed since then is told.',
      resolve: (_root, _args, { changes }) => changeCursor(changes),
    }),
  }),
});
