export { type HumanloopCredential, humanloopCredentials } from './credentials.ts';
export type { DatapointRequest } from './datapoint.ts';
export type {
  DatasetFile,
  DatasetVersion,
  Environment as HumanloopEnvironment,
  PromptFile,
  PromptVersion,
} from './file.ts';
export {
  type HumanloopSandbox,
  type HumanloopSandboxOptions,
  startHumanloopSandbox,
} from './start.ts';
export type { HumanloopState } from './state.ts';
export { defaultSwitches, type HumanloopSwitches } from './switches.ts';
export type { Tenant as HumanloopTenant } from './tenant.ts';
