import type { DatasetContent, VendorFile } from './file.ts';
import { presentDataset } from './present-dataset.ts';
import type { JsonObject, View } from './present-file.ts';
import { presentPrompt } from './present-prompt.ts';
import type { PromptKernel } from './prompt-request.ts';
import type { Query } from './query.ts';
import type { Tenant } from './tenant.ts';

/** Where the routes that datasets and prompts have in common differ. */
export interface FileKind<Content> {
  readonly segment: 'datasets' | 'prompts';
  files(tenant: Tenant): Map<string, VendorFile<Content>>;
  present(view: View<Content>, detailed: boolean): JsonObject;
  /** Whether a read of one file asks for more than the plain object. */
  readDetail(query: Query): boolean;
  /** The same for the list of versions; the answer may differ for the newest one. */
  readVersionsDetail(query: Query): { newest: boolean; others: boolean };
}

export const datasetKind: FileKind<DatasetContent> = {
  segment: 'datasets',
  files: (tenant) => tenant.datasets,
  present: presentDataset,
  readDetail: (query) => query.flag('include_datapoints') ?? false,
  // Assumption: the deprecated `latest_committed` is the same, as nothing is committed any more.
  readVersionsDetail: (query) => ({
    newest: query.choice('include_datapoints', ['latest_committed', 'latest_saved']) !== undefined,
    others: false,
  }),
};

export const promptKind: FileKind<PromptKernel> = {
  segment: 'prompts',
  files: (tenant) => tenant.prompts,
  present: presentPrompt,
  readDetail: () => false,
  readVersionsDetail(query) {
    const aggregates = query.flag('evaluator_aggregates') ?? false;
    return { newest: aggregates, others: aggregates };
  },
};
