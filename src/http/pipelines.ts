import type { Account, CredentialScope } from './account.ts';
import { Pipeline, type PipelineServices, type Unsent } from './pipeline.ts';
import { Places } from './places.ts';
import type { ResilienceOptions } from './resilience.ts';

/** Credentials whose state is kept: callers' own come and go, and the longest unused are forgotten. */
const most = 1_000;

/** The pipeline of each credential. */
export class Pipelines {
  readonly #services: PipelineServices;
  /** Longest unused first. */
  readonly #kept = new Map<CredentialScope, Pipeline>();

  constructor(options: ResilienceOptions, onUnsent: (account: Account, why: Unsent) => void) {
    this.#services = { options, pending: new Places(options.maxPending), onUnsent };
  }

  /** What is known of a credential; undefined before its first call. */
  peek(scope: CredentialScope): Pipeline | undefined {
    return this.#kept.get(scope);
  }

  of(account: Account): Pipeline {
    const known = this.#kept.get(account.scope);
    const pipeline = known ?? new Pipeline(account, this.#services);
    if (known !== undefined) this.#kept.delete(account.scope);
    this.#kept.set(account.scope, pipeline);
    if (this.#kept.size > most) this.#forgetOne();
    return pipeline;
  }

  #forgetOne(): void {
    for (const [scope, pipeline] of this.#kept) {
      if (!pipeline.isIdle) continue;
      this.#kept.delete(scope);
      return;
    }
  }
}
