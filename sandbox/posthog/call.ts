import type { PostHogKey } from './credentials.ts';
import type { JsonObject, PostHogProject, PostHogUser } from './records.ts';
import type { PostHogState } from './state.ts';
import type { PostHogSwitches } from './switches.ts';

/** One request that has passed the checks on credentials, scope, project and rate. */
export interface Call {
  readonly key: PostHogKey;
  readonly user: PostHogUser;
  readonly project: PostHogProject;
  readonly state: PostHogState;
  readonly switches: PostHogSwitches;
  /** The address as the client wrote it, for `next` and `previous`. */
  readonly url: URL;
  /** Query members; of a repeated one the last counts (vendor facts). */
  readonly query: Readonly<Record<string, string>>;
  /** A member of the path, decoded. */
  param(name: string): string;
  /** The body as an object. Read late: several checks come before the body is looked at. */
  fields(): JsonObject;
}

export interface Answer {
  readonly status: number;
  /** No body at all when left out. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type ThrottleGroup = 'general' | 'publish' | 'translate';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the project, without the slash at the end. */
  readonly path: string;
  /** Such as `llm_prompt:read`; write implies read and `*` implies all. */
  readonly scope: string;
  readonly throttle?: ThrottleGroup;
  /** The route exists only while this says so. */
  readonly exists?: (switches: PostHogSwitches) => boolean;
  handle(call: Call): Answer;
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

export const noContent: Answer = { status: 204 };
