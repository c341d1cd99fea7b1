import type { TestGateway } from './gateway.ts';

/** Ids in the API of one thing of each kind at each vendor, of the gateway's own account. */
export interface KnownIds {
  readonly datadogDataset: string;
  readonly humanloopDataset: string;
  readonly posthogDataset: string;
  readonly datadogItem: string;
  readonly humanloopItem: string;
  readonly posthogItem: string;
  readonly datadogDatasetVersion: string;
  readonly humanloopDatasetVersion: string;
  readonly datadogPrompt: string;
  readonly humanloopPrompt: string;
  readonly posthogPrompt: string;
  readonly datadogPromptVersion: string;
  readonly humanloopPromptVersion: string;
  readonly posthogPromptVersion: string;
  readonly traceReview: string;
  readonly scoreDefinition: string;
  readonly project: string;
  readonly modelLabProject: string;
}

interface Parent {
  readonly id: string;
  readonly items: { readonly nodes: readonly { readonly id: string }[] };
  readonly latestVersion: { readonly id: string } | null;
}
type Nodes = { readonly nodes: readonly Parent[] };

const parents = 'nodes { id latestVersion { id } }';
const datasets = 'nodes { id latestVersion { id } items(first: 1) { nodes { id } } }';
const document = `{
  datadogDatasets: datasets(first: 1, filter: { vendors: [DATADOG] }) { ${datasets} }
  humanloopDatasets: datasets(first: 1, filter: { vendors: [HUMANLOOP] }) { ${datasets} }
  posthogDatasets: datasets(first: 1, filter: { vendors: [POSTHOG] }) { ${datasets} }
  datadogPrompts: prompts(first: 1, filter: { vendors: [DATADOG] }) { ${parents} }
  humanloopPrompts: prompts(first: 1, filter: { vendors: [HUMANLOOP] }) { ${parents} }
  posthogPrompts: prompts(first: 1, filter: { vendors: [POSTHOG] }) { ${parents} }
  traceReviews(first: 1) { nodes { id } }
  scoreDefinitions(first: 1) { nodes { id } }
  projects(first: 1) { nodes { id } }
  modelLabProjects(first: 1) { nodes { id } }
}`;

/** Reads them; forgets the requests that this took. */
export async function readKnownIds(
  gateway: TestGateway,
  headers: Readonly<Record<string, string>> = {},
): Promise<KnownIds> {
  const { data, errors } = await gateway.query<Readonly<Record<string, Nodes>>, object>(
    document,
    {},
    headers,
  );
  if (errors !== undefined) throw new Error(`ids cannot be read: ${JSON.stringify(errors)}`);
  const first = (list: string): Parent => {
    const node = data[list]?.nodes[0];
    if (node === undefined) throw new Error(`${list} is empty`);
    return node;
  };
  const itemOf = (list: string): string => first(list).items.nodes[0]?.id ?? '';
  const versionOf = (list: string): string => first(list).latestVersion?.id ?? '';
  for (const vendor of ['datadog', 'humanloop', 'posthog'] as const) gateway.received(vendor);
  return {
    datadogDataset: first('datadogDatasets').id,
    humanloopDataset: first('humanloopDatasets').id,
    posthogDataset: first('posthogDatasets').id,
    datadogItem: itemOf('datadogDatasets'),
    humanloopItem: itemOf('humanloopDatasets'),
    posthogItem: itemOf('posthogDatasets'),
    datadogDatasetVersion: versionOf('datadogDatasets'),
    humanloopDatasetVersion: versionOf('humanloopDatasets'),
    datadogPrompt: first('datadogPrompts').id,
    humanloopPrompt: first('humanloopPrompts').id,
    posthogPrompt: first('posthogPrompts').id,
    datadogPromptVersion: versionOf('datadogPrompts'),
    humanloopPromptVersion: versionOf('humanloopPrompts'),
    posthogPromptVersion: versionOf('posthogPrompts'),
    traceReview: first('traceReviews').id,
    scoreDefinition: first('scoreDefinitions').id,
    project: first('projects').id,
    modelLabProject: first('modelLabProjects').id,
  };
}
