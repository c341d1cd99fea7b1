import { type SourceKey, sourceKey } from '../../domain/vendor.ts';
import type { VendorHttp } from '../../http/operation.ts';
import type { VendorDefinition } from '../definition.ts';
import type { Source } from '../source.ts';
import { resolveAddress } from './addresses.ts';
import { createClient } from './client.ts';
import { humanloopCosts } from './costs.ts';
import { accountFor, callerKeyHeader } from './credentials.ts';
import { createDatasetWriter } from './dataset-writer.ts';
import { createDatasetSource, humanloopDatasetCapabilities } from './datasets.ts';
import { limits } from './limits.ts';
import type { HumanloopOptions } from './options.ts';
import { createPromptWriter } from './prompt-writer.ts';
import { createPromptSource } from './prompts.ts';
import { humanloopProtocol } from './protocol.ts';
import { createWatch } from './watch.ts';
import { createWriteClient } from './write-client.ts';

export type { HumanloopOptions } from './options.ts';

function connect(http: VendorHttp, key: SourceKey): Source {
  const client = createClient(http);
  const writing = { client, writes: createWriteClient(http), source: key };
  return {
    key,
    vendor: 'HUMANLOOP',
    datasets: createDatasetSource(client, key, createDatasetWriter(writing)),
    prompts: createPromptSource(client, key, createPromptWriter(writing)),
    reviews: undefined,
    projects: undefined,
    modelLab: undefined,
    // Implied by the vendor's own use of upserts (fact sheet, section 4: version semantics).
    isContentAddressed: true,
    watch: createWatch(client, key),
    probe: async () => {
      const query = { page: limits.firstPage, size: 1, name: undefined } as const;
      await client.listDatasets({ ...query, sortBy: 'created_at', order: 'desc' });
    },
    publishedRateLimit: limits.publishedRateLimit,
    resolve: async (kind, vendorId, parentVendorId) => resolveAddress(key, kind, vendorId, parentVendorId),
  };
}

export function createHumanloopDefinition(options: HumanloopOptions): VendorDefinition {
  const key = options.key ?? sourceKey('humanloop');
  return {
    key,
    vendor: 'HUMANLOOP',
    sandbox: options.sandbox,
    protocol: humanloopProtocol,
    datasetCapabilities: humanloopDatasetCapabilities,
    parts: ['datasets', 'prompts'],
    costs: () => humanloopCosts,
    credentialHeaders: [callerKeyHeader],
    howToConfigure: `Set HUMANLOOP_API_KEY, or send your own key in the header ${callerKeyHeader}.`,
    accountFor: (header) => accountFor(options, key, header),
    connect: (http) => connect(http, key),
  };
}
