/**
 * Whether a write may be sent again when its answer did not come, and why. Each vendor has a table of them, one for
 * every write it has; what is not proven to be safe is `never`.
 */
export interface WriteRule {
  /** `safe`: a repeat can neither apply twice nor undo somebody else's write. */
  readonly repeat: 'safe' | 'never';
  /** A repeat that finds nothing there has found it done: what it takes away comes back never. */
  readonly notFoundIsDone?: true;
  readonly why: string;
  /** Where the reason is from: the vendor's documentation, recordings, or our own judgement. */
  readonly source: string;
}
