import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { humanloopCredentials } from '../../sandbox/humanloop/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import type { Vendor } from '../generated/graphql.ts';
import { posthogProject, present } from './reading.ts';

// What somebody does in a vendor's own pages or by its API while the gateway is being read from.

interface Creation {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The id of what was made, in the vendor's answer. */
  idIn(answer: unknown): unknown;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name] // It has the member: the line above says so.
    : undefined;
}

async function create({ url, headers, body, idIn }: Creation): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const id = idIn(await answer.json());
  if (!answer.ok || typeof id !== 'string') throw new Error(`POST ${url} answered ${answer.status}`);
  return id;
}

let made = 0;

/** Makes a dataset at a vendor by the vendor's own API (Datadog: in the project); gives its id there. */
export function createDataset(sandbox: Sandbox, vendor: Vendor, project: string): Promise<string> {
  made += 1;
  const name = `made behind the gateway ${made}`;
  switch (vendor) {
    case 'DATADOG': {
      const { apiKey, applicationKey } = datadogCredentials.acme.ben;
      return create({
        url: `${sandbox.datadog.baseUrl}/api/v2/llm-obs/v1/${project}/datasets`,
        headers: { 'dd-api-key': apiKey, 'dd-application-key': applicationKey },
        body: { data: { type: 'datasets', attributes: { name } } },
        idIn: (answer) => memberOf(memberOf(answer, 'data'), 'id'),
      });
    }
    case 'HUMANLOOP':
      return create({
        url: `${sandbox.humanloop.baseUrl}/datasets`,
        headers: { 'x-api-key': humanloopCredentials.acme.tomas.apiKey },
        body: { path: `made/${name}`, datapoints: [{ inputs: { question: name } }] },
        idIn: (answer) => memberOf(answer, 'id'),
      });
    case 'POSTHOG':
      return create({
        url: `${sandbox.posthog.baseUrl}/api/projects/${posthogCredentials.acme.projectId}/datasets/`,
        headers: { authorization: `Bearer ${posthogCredentials.acme.owner.apiKey}` },
        body: { name },
        idIn: (answer) => memberOf(answer, 'id'),
      });
  }
}

/** Deletes a dataset at its vendor. */
export function deleteDataset(sandbox: Sandbox, vendor: Vendor, vendorId: string): void {
  switch (vendor) {
    case 'DATADOG': {
      const { projectId } = sandbox.datadog.state.dataset('acme', vendorId);
      sandbox.datadog.state.project('acme', projectId).datasets.delete(vendorId);
      return;
    }
    case 'HUMANLOOP':
      sandbox.humanloop.state.deleteFile(vendorId);
      return;
    case 'POSTHOG':
      present(posthogProject(sandbox).datasets.find(({ id }) => id === vendorId)).deleted = true;
  }
}
