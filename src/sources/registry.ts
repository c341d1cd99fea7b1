import { createDatadogDefinition, type DatadogOptions } from './datadog/index.ts';
import type { VendorDefinition } from './definition.ts';
import { createHumanloopDefinition, type HumanloopOptions } from './humanloop/index.ts';
import { rememberOwnAccount } from './own-account.ts';
import { createPostHogDefinition, type PostHogOptions } from './posthog/index.ts';

export { type DatadogSite, datadogSites, defaultDatadogSite } from './datadog/index.ts';

/** What each vendor is made from; the key that scopes are hashed with is the gateway's affair. */
export interface RegistryOptions {
  readonly datadog: Omit<DatadogOptions, 'scopeKey' | 'key'>;
  readonly humanloop: Omit<HumanloopOptions, 'scopeKey' | 'key'>;
  readonly posthog: Omit<PostHogOptions, 'scopeKey' | 'key'>;
}

/** Every vendor, one line each. A new one is a line here (CONTRIBUTING.md has the whole list). */
export function createRegistry(options: RegistryOptions, scopeKey: Buffer): readonly VendorDefinition[] {
  return [
    createDatadogDefinition({ ...options.datadog, scopeKey }),
    createHumanloopDefinition({ ...options.humanloop, scopeKey }),
    createPostHogDefinition({ ...options.posthog, scopeKey }),
  ].map(rememberOwnAccount);
}
