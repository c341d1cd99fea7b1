import type { SourceKey } from '../../domain/vendor.ts';
import type { HumanloopClient } from './client.ts';
import type { HumanloopWriteClient } from './write-client.ts';

/** What each part of the writers works with. */
export interface Writing {
  readonly client: HumanloopClient;
  readonly writes: HumanloopWriteClient;
  readonly source: SourceKey;
}
