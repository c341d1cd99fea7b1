import { type SourceKey, sourceKey } from '../../domain/vendor.ts';
import type { VendorHttp } from '../../http/operation.ts';
import type { VendorDefinition } from '../definition.ts';
import type { Source } from '../source.ts';
import { resolveKey } from './addresses.ts';
import { PostHogClient } from './client.ts';
import { postHogCosts } from './costs.ts';
import { createAccountFor, keyHeader, projectHeader } from './credentials.ts';
import { createDatasetSource, datasetCapabilities } from './datasets.ts';
import { publishedRateLimit } from './limits.ts';
import { createPromptSource } from './prompts.ts';
import { postHogProtocol } from './protocol.ts';
import { createReviewSource } from './reviews.ts';
import type { PathPrefix } from './roots.ts';
import { createTranslate } from './translate.ts';
import { createWatch } from './watch.ts';
import { PostHogWriteClient } from './write-client.ts';

export interface PostHogOptions {
  /** Default `https://us.posthog.com`; `https://eu.posthog.com` or a self-hosted origin otherwise. */
  readonly baseUrl: string | undefined;
  /** The gateway's own key (`phx_…`); without it, or without a project, only callers' own keys are used. */
  readonly personalApiKey: string | undefined;
  /** The number of the project that the gateway's own key works in. */
  readonly projectId: string | undefined;
  /**
   * Which of the two equal roots all routes go out under. Default: each route as PostHog's documentation page
   * writes it (datasets under `projects`, prompts and reviews under `environments`).
   */
  readonly pathPrefix?: PathPrefix | undefined;
  /** True when the base URL is that of the local sandbox. */
  readonly sandbox: boolean;
  /** Keys the hashes that stand for credentials; never leaves the process. */
  readonly scopeKey: Buffer;
  /** Default `posthog`. */
  readonly key?: SourceKey | undefined;
}

/** PostHog as a source: datasets, prompts, trace reviews. */
export function createPostHogDefinition(options: PostHogOptions): VendorDefinition {
  const key = options.key ?? sourceKey('posthog');
  const accountFor = createAccountFor({
    source: key,
    baseUrl: options.baseUrl ?? 'https://us.posthog.com',
    personalApiKey: options.personalApiKey,
    projectId: options.projectId,
    scopeKey: options.scopeKey,
  });

  function connect(http: VendorHttp): Source {
    const client = new PostHogClient(http, options.pathPrefix);
    const writes = new PostHogWriteClient(http, options.pathPrefix);
    return {
      key,
      vendor: 'POSTHOG',
      datasets: createDatasetSource(key, client, writes),
      prompts: createPromptSource(key, client, writes),
      reviews: createReviewSource(key, client, writes),
      projects: undefined,
      modelLab: undefined,
      translate: createTranslate(writes),
      watch: createWatch(client),
      // A narrow key may not read its own user, so the cheapest list it is.
      probe: async () => {
        await client.prompts({ content: 'none', limit: 1 });
      },
      publishedRateLimit,
      resolve: async (kind, vendorId, parentVendorId) => resolveKey(key, kind, vendorId, parentVendorId),
    };
  }

  return {
    key,
    vendor: 'POSTHOG',
    sandbox: options.sandbox,
    protocol: postHogProtocol,
    datasetCapabilities,
    parts: ['datasets', 'allItems', 'prompts', 'reviews'],
    costs: () => postHogCosts,
    credentialHeaders: [keyHeader, projectHeader],
    howToConfigure:
      'Set POSTHOG_PERSONAL_API_KEY (a personal API key, phx_…) and POSTHOG_PROJECT_ID (the project number), and POSTHOG_HOST outside of the US cloud; or send your own in the headers x-posthog-api-key and x-posthog-project-id.',
    accountFor,
    connect,
  };
}
