export { type PostHogKey, posthogCredentials, posthogKeys } from './credentials.ts';
export type {
  Dataset,
  DatasetItem,
  ItemVersion,
  PostHogProject,
  PostHogUser,
  PromptFamily,
  PromptVersion,
  Score,
  ScoreDefinition,
  TraceReview,
} from './records.ts';
export { type PostHogSandbox, type PostHogSandboxOptions, startPostHogSandbox } from './start.ts';
export type { PostHogState } from './state.ts';
export type { PostHogSwitches } from './switches.ts';
