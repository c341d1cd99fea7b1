import type { SourceKey } from '../../domain/vendor.ts';

export interface HumanloopOptions {
  /** The gateway's own key. Without one only callers that bring theirs are served. */
  readonly apiKey: string | undefined;
  /** Default https://api.humanloop.com/v5 (vendor's SDKs, 2025). */
  readonly baseUrl: string | undefined;
  /** True when `baseUrl` is the local sandbox's. */
  readonly sandbox: boolean;
  /** Keys the hashes that stand for credentials. */
  readonly scopeKey: Buffer;
  /** Default `humanloop`. */
  readonly key?: SourceKey;
}
