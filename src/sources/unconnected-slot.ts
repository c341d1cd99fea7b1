import type { SourceRefusal, SourceSlot } from './source.ts';

/** What a slot without a source does: nothing. */
const nothing = {
  watchTarget: undefined,
  source: undefined,
  ofCaller: false,
  self: () => undefined,
  learnSelf: () => undefined,
  forget: () => undefined,
  probe: async () => undefined,
  seenRateLimit: () => null,
  circuit: () => 'CLOSED' as const,
} as const;

/** What is known of a vendor whether it can be asked or not. */
export type SlotFacts = Pick<
  SourceSlot,
  'key' | 'vendor' | 'sandbox' | 'datasetCapabilities' | 'parts' | 'costs'
>;

/** The place of a vendor that cannot be asked for this caller. */
export function unconnectedSlot(facts: SlotFacts, refusal: SourceRefusal): SourceSlot {
  return { ...facts, ...nothing, refusal };
}
