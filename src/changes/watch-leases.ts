import type { LeaseToken } from './change-log.ts';

/** That one instance of many watches something. */
export interface WatchLease {
  /** What shows that it is this one's; undefined while another instance has it. */
  held(): LeaseToken | 'alone' | undefined;
  release(): void;
}

/** Which instance watches what. */
export interface WatchLeases {
  /** Wants to watch something; `taken` is called when that is this instance's turn from then on. */
  want(name: string, taken: () => void): WatchLease;
  dispose(): Promise<void>;
}

/** Of one instance alone: it watches all that it wants to. */
export const noOthers: WatchLeases = {
  want: () => ({ held: () => 'alone', release: () => undefined }),
  dispose: async () => undefined,
};
