import { posthogId, projectId, searchOf } from './vendor-data.ts';
import type { Variables, Workload } from './workloads.ts';

/**
 * What Hive Gateway is asked for in the place of a workload: the vendors' own shapes, since OpenAPI sources are given as
 * they are. It makes the same calls, where it can make them.
 */

const lists = `query Lists($project: String!, $search: String) {
  datadog: datadogDatasets(project: $project, page_LEFT_SQUARE_BRACE_limit_RIGHT_SQUARE_BRACE_: 25) {
    data { id attributes { name description created_at updated_at metadata author { name email } } }
    meta { after }
  }
  humanloop: humanloopDatasets(page: 1, size: 25, name: $search) {
    records { id name description created_at updated_at created_by { full_name email_address } datapoints_count }
    total
  }
  posthog: posthogDatasets(limit: 25, offset: 0, search: $search) {
    results { id name description created_at updated_at metadata created_by { first_name last_name email } }
    count
  }
}`;

const repeated = `query Repeated($id: String!) { ${Array.from(
  { length: 50 },
  (_, index) =>
    `d${index}: posthogDatasets(limit: 1, id__in: $id) { results { id name description created_at created_by { first_name last_name } } }`,
).join(' ')} }`;

const nested = `query Nested($project: String!, $search: String) {
  datadog: datadogDatasets(project: $project, page_LEFT_SQUARE_BRACE_limit_RIGHT_SQUARE_BRACE_: 25) {
    data { id attributes { name } draftState { data { attributes { drafting_since user { name email } } } } }
  }
  humanloop: humanloopDatasets(page: 1, size: 25, name: $search) {
    records { id name versions { records { version_id version_name created_at } } }
  }
}`;

type Own = Pick<Workload, 'query' | 'variables'>;

const listsOf = (tenant: number): Variables => ({ project: projectId(tenant), search: searchOf(tenant) });
const repeatedOf = (tenant: number): Variables => ({ id: posthogId(tenant, 3) });
const own: Readonly<Record<string, Own>> = {
  W1: { query: lists, variables: listsOf },
  W2: { query: nested, variables: listsOf },
  W3: { query: repeated, variables: repeatedOf },
  W6: { query: lists, variables: listsOf },
};

export function hiveWorkload(id: string): Partial<Own> {
  const alone = own[id.replace('s', '')];
  if (alone === undefined || !id.endsWith('s')) return alone ?? {};
  return { ...alone, variables: () => alone.variables(0) };
}
