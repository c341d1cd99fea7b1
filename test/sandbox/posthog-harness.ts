import { onTestFinished } from 'vitest';
import {
  type PostHogSandbox,
  type PostHogSandboxOptions,
  posthogCredentials,
  startPostHogSandbox,
} from '../../sandbox/posthog/index.ts';
import { DocumentedShapes } from '../support/documented-shape.ts';

const shapes = new DocumentedShapes('posthog');

export const owner = posthogCredentials.acme.owner.apiKey;
export const writer = posthogCredentials.acme.writer.apiKey;
export const reader = posthogCredentials.acme.reader.apiKey;
export const globex = posthogCredentials.globex.owner.apiKey;
export const acmeId = posthogCredentials.acme.projectId;
export const globexId = posthogCredentials.globex.projectId;

const environment = '/api/environments/{project_id}';
const project = '/api/projects/{project_id}';

/** The documented paths. */
export const paths = {
  reviews: `${environment}/llm_analytics/trace_reviews/`,
  review: `${environment}/llm_analytics/trace_reviews/{id}/`,
  scorers: `${environment}/llm_analytics/score_definitions/`,
  scorer: `${environment}/llm_analytics/score_definitions/{id}/`,
  scorerVersion: `${environment}/llm_analytics/score_definitions/{id}/new_version/`,
  queues: `${environment}/llm_analytics/review_queues/`,
  queue: `${environment}/llm_analytics/review_queues/{id}/`,
  queueItems: `${environment}/llm_analytics/review_queue_items/`,
  queueItem: `${environment}/llm_analytics/review_queue_items/{id}/`,
  translate: `${environment}/llm_analytics/translate/`,
  prompts: `${environment}/llm_prompts/`,
  prompt: `${environment}/llm_prompts/name/{prompt_name}/`,
  promptArchive: `${environment}/llm_prompts/name/{prompt_name}/archive/`,
  promptDuplicate: `${environment}/llm_prompts/name/{prompt_name}/duplicate/`,
  promptResolve: `${environment}/llm_prompts/resolve/name/{prompt_name}/`,
  datasets: `${project}/datasets/`,
  dataset: `${project}/datasets/{id}/`,
  items: `${project}/dataset_items/`,
  item: `${project}/dataset_items/{id}/`,
  me: '/api/users/@me/',
} as const;

export interface Sent {
  readonly key?: string | undefined;
  readonly project?: number | string;
  /** The `{id}`, `{prompt_name}`… of the path. */
  readonly id?: string | undefined;
  readonly query?: string;
  readonly body?: unknown;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined when the answer has none. */
  readonly body: unknown;
}

export interface PostHogHarness {
  readonly sandbox: PostHogSandbox;
  /** Any request, its answer not compared with the documentation. */
  raw(method: string, path: string, init?: { key?: string | undefined; body?: unknown }): Promise<Answered>;
  /** A documented operation: the answer must have the documented shape of its status. */
  send(method: string, template: string, sent?: Sent): Promise<Answered>;
}

/** A member deep in an answer's body; undefined when there is no such thing. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (node, key) => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined),
    value,
  );
}

export function textAt(value: unknown, ...path: (string | number)[]): string {
  return String(at(value, ...path));
}

/** The results of a page. */
export function results(answered: Answered): readonly unknown[] {
  const found = at(answered.body, 'results');
  return Array.isArray(found) ? found : [];
}

/** One member of each result of a page. */
export function pluck(answered: Answered, ...path: (string | number)[]): unknown[] {
  return results(answered).map((row) => at(row, ...path));
}

/** Starts a sandbox that is stopped when the test ends. */
export async function openPostHog(options: PostHogSandboxOptions = {}): Promise<PostHogHarness> {
  const sandbox = await startPostHogSandbox(options);
  onTestFinished(() => sandbox.dispose());

  async function raw(
    method: string,
    path: string,
    init: { key?: string | undefined; body?: unknown } = {},
  ): Promise<Answered> {
    const { body, key } = init;
    const response = await fetch(path.startsWith('http') ? path : `${sandbox.baseUrl}${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: parsed };
  }

  async function send(method: string, template: string, sent: Sent = {}): Promise<Answered> {
    const path = template
      .replace('{project_id}', String(sent.project ?? acmeId))
      .replace(/\{\w+\}/, encodeURIComponent(sent.id ?? ''));
    const address = sent.query === undefined ? path : `${path}?${sent.query}`;
    const answered = await raw(method, address, { key: sent.key ?? owner, body: sent.body });
    shapes.check(method, template, answered.status, answered.body);
    return answered;
  }

  return { sandbox, raw, send };
}
