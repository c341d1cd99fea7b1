import { client, logger, v2 } from '@datadog/datadog-api-client';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  type DatadogCredential,
  type DatadogSandbox,
  datadogCredentials,
  datadogSeed,
  startDatadogSandbox,
} from '../../sandbox/datadog/index.ts';
import { DocumentedShapes } from '../support/documented-shape.ts';

// The client warns of every preview operation; only its errors are of interest here.
logger.setLevel('error');

/** The documented paths, with their parameters in braces. */
const llmObs = '/api/v2/llm-obs/v1';
export const paths = {
  projects: `${llmObs}/projects`,
  project: `${llmObs}/projects/{project_id}`,
  projectsDelete: `${llmObs}/projects/delete`,
  datasets: `${llmObs}/{project_id}/datasets`,
  datasetsDelete: `${llmObs}/{project_id}/datasets/delete`,
  dataset: `${llmObs}/{project_id}/datasets/{dataset_id}`,
  batchUpdate: `${llmObs}/{project_id}/datasets/{dataset_id}/batch_update`,
  clone: `${llmObs}/{project_id}/datasets/{dataset_id}/clone`,
  draftState: `${llmObs}/{project_id}/datasets/{dataset_id}/draft_state`,
  lock: `${llmObs}/{project_id}/datasets/{dataset_id}/draft_state/lock`,
  unlock: `${llmObs}/{project_id}/datasets/{dataset_id}/draft_state/unlock`,
  export: `${llmObs}/{project_id}/datasets/{dataset_id}/export`,
  records: `${llmObs}/{project_id}/datasets/{dataset_id}/records`,
  recordsDelete: `${llmObs}/{project_id}/datasets/{dataset_id}/records/delete`,
  restore: `${llmObs}/{project_id}/datasets/{dataset_id}/restore`,
  versions: `${llmObs}/{project_id}/datasets/{dataset_id}/versions`,
  upload: '/api/v2/llm-obs/v2/{project_id}/datasets/{dataset_id}/records/upload',
  prompts: `${llmObs}/prompts`,
  prompt: `${llmObs}/prompts/{prompt_id}`,
  promptVersions: `${llmObs}/prompts/{prompt_id}/versions`,
  promptVersion: `${llmObs}/prompts/{prompt_id}/versions/{version}`,
  modelLabProjects: '/api/v2/model-lab-api/projects',
  modelLabProject: '/api/v2/model-lab-api/projects/{project_id}',
  star: '/api/v2/model-lab-api/projects/{project_id}/star',
} as const;

export interface CallOptions {
  /** The path's parameters; by default the project and the dataset that the harness is about. */
  readonly at?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  readonly as?: DatadogCredential;
  /** False for an answer that is known to differ from the documentation. */
  readonly documented?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

/** The member of a parsed body at a path of names and places. */
export function pick(body: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (node, key) => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined),
    body,
  );
}

/** The list at a path of a parsed body. */
export function list(body: unknown, ...path: readonly (string | number)[]): unknown[] {
  const found = pick(body, ...path);
  if (!Array.isArray(found)) throw new Error(`no list at ${path.join('.')} of ${JSON.stringify(body)}`);
  return found;
}

function parsed(text: string, type: string | null): unknown {
  return type?.includes('json') ? JSON.parse(text) : text;
}

/** One sandbox for a test file, reset before each test. */
export class DatadogHarness {
  readonly #shapes = new DocumentedShapes('datadog');
  #sandbox: DatadogSandbox | undefined;

  constructor() {
    beforeAll(async () => {
      this.#sandbox = await startDatadogSandbox();
    });
    beforeEach(() => this.sandbox.reset());
    afterAll(() => this.sandbox.dispose());
  }

  get sandbox(): DatadogSandbox {
    if (this.#sandbox === undefined) throw new Error('the sandbox has not been started');
    return this.#sandbox;
  }

  /** Ids of a dataset of acme, as path parameters; by default those of the largest one. */
  at(dataset: string = datadogSeed.largestDataset): { project_id: string; dataset_id: string } {
    const found = this.sandbox.state.dataset('acme', dataset);
    return { project_id: found.projectId, dataset_id: found.id };
  }

  /** Calls the documented path and, in the spec's dialect, compares the answer with its documentation. */
  async call(method: string, template: string, options: CallOptions = {}): Promise<Answer> {
    const { query = {}, body, as = datadogCredentials.acme.ada, documented = true } = options;
    const path = template.replace(/\{(\w+)\}/g, (_all, name: string) =>
      encodeURIComponent(options.at?.[name] ?? String(pick(this.at(), name))),
    );
    const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const response = await fetch(`${this.sandbox.baseUrl}${path}?${search.join('&')}`, {
      method,
      headers: {
        'DD-API-KEY': as.apiKey,
        'DD-APPLICATION-KEY': as.applicationKey,
        ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const answer = {
      status: response.status,
      headers: response.headers,
      body: parsed(await response.text(), response.headers.get('content-type')),
    };
    if (documented && this.sandbox.switches.dialect === 'spec') {
      this.#shapes.check(method, template, answer.status, answer.body);
    }
    return answer;
  }

  /** Every page of a cursor-paged list, by following `meta.after`. */
  async pages(template: string, options: CallOptions = {}): Promise<Answer[]> {
    const pages: Answer[] = [];
    let after: unknown;
    do {
      const query = { ...options.query, ...(typeof after === 'string' ? { 'page[cursor]': after } : {}) };
      const page = await this.call('GET', template, { ...options, query });
      pages.push(page);
      after = pick(page.body, 'meta', 'after');
    } while (typeof after === 'string' && after !== '');
    return pages;
  }

  /** Datadog's own client, pointed at the sandbox, with every preview operation switched on. */
  configuration(as: DatadogCredential = datadogCredentials.acme.ada): client.Configuration {
    const configuration = client.createConfiguration({
      baseServer: new client.BaseServerConfiguration(this.sandbox.baseUrl, {}),
      authMethods: { apiKeyAuth: as.apiKey, appKeyAuth: as.applicationKey },
    });
    for (const operation of Object.keys(configuration.unstableOperations)) {
      configuration.unstableOperations[operation] = true;
    }
    return configuration;
  }

  observability(as?: DatadogCredential): v2.AgentObservabilityApi {
    return new v2.AgentObservabilityApi(this.configuration(as));
  }

  modelLab(as?: DatadogCredential): v2.ModelLabAPIApi {
    return new v2.ModelLabAPIApi(this.configuration(as));
  }
}
