import { type SourceKey, sourceKey } from '../../domain/vendor.ts';
import type { VendorHttp } from '../../http/operation.ts';
import type { VendorDefinition } from '../definition.ts';
import type { Source } from '../source.ts';
import { DatadogClient } from './client.ts';
import { datadogCosts } from './costs.ts';
import { accountFor, type CredentialOptions, credentialHeaders } from './credentials.ts';
import { capabilities, createDatasetSource } from './datasets.ts';
import { pageSizes, publishedRateLimit } from './limits.ts';
import { createModelLabSource } from './model-lab.ts';
import { createProjectSource } from './projects.ts';
import { createPromptSource } from './prompts.ts';
import { datadogProtocol } from './protocol.ts';
import { resolveKey } from './resolve.ts';
import { createWatch } from './watch.ts';
import { DatadogWriteClient } from './write-client.ts';

export { type DatadogSite, datadogSites, defaultDatadogSite } from './sites.ts';

export interface DatadogOptions {
  /** The site that the gateway's own keys belong to, and callers' keys that name none. Default `datadoghq.com`. */
  readonly site: CredentialOptions['site'];
  /** Calls go here instead of to a site's own API: the sandbox, or a proxy. */
  readonly baseUrl: string | undefined;
  /** The gateway's own pair of keys; without both, only callers with keys of their own are served. */
  readonly apiKey: string | undefined;
  readonly appKey: string | undefined;
  /** True when `baseUrl` is the local sandbox. */
  readonly sandbox: boolean;
  /** Keys the hash that stands for a credential. */
  readonly scopeKey: Buffer;
  /** Default `datadog`. */
  readonly key?: SourceKey | undefined;
}

function connect(key: SourceKey, http: VendorHttp): Source {
  const client = new DatadogClient(http);
  const writes = new DatadogWriteClient(http);
  return {
    key,
    vendor: 'DATADOG',
    datasets: createDatasetSource(key, client, writes),
    prompts: createPromptSource(key, client, writes),
    reviews: undefined,
    projects: createProjectSource(key, client),
    modelLab: createModelLabSource(key, client),
    watch: createWatch(client),
    probe: async () => {
      await client.listProjects({ limit: pageSizes.probe });
    },
    publishedRateLimit,
    resolve: (kind, vendorId, parent) => resolveKey(key, client, kind, vendorId, parent),
  };
}

/** Datadog LLM Observability (datasets, prompts, their projects) and Model Lab, as one vendor of the gateway. */
export function createDatadogDefinition(options: DatadogOptions): VendorDefinition {
  const key = options.key ?? sourceKey('datadog');
  return {
    key,
    vendor: 'DATADOG',
    sandbox: options.sandbox,
    protocol: datadogProtocol,
    datasetCapabilities: capabilities,
    parts: ['datasets', 'prompts', 'projects', 'modelLab'],
    costs: datadogCosts,
    credentialHeaders,
    howToConfigure:
      'Set DD_API_KEY and DD_APP_KEY (and DD_SITE, unless it is datadoghq.com), or send x-datadog-api-key and x-datadog-application-key with each request.',
    accountFor: (header) => accountFor(key, options, header),
    connect: (http) => connect(key, http),
  };
}
