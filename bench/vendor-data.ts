/** What the vendor stub answers, in the vendors' shapes. Each tenant has data of its own: nothing of two can be shared. */

/** As many tenants as there are clients side by side, at most. */
export const tenants = 64;
/** Datasets in a list, as many as a page. */
export const rows = 25;
/** Datasets of a list that have a new version when its tenant's move on. */
export const movingRows = 10;
/** Datasets of each vendor that `nodes` is asked for, at most. */
export const manyRows = 500;

function uuid(kind: number, tenant: number, row: number): string {
  const part = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return `${part(kind, 8)}-${part(tenant, 4)}-4${part(row, 3)}-8000-${part(kind * 1_000_003 + tenant * 1_009 + row, 12)}`;
}

export const projectId = (tenant: number): string => uuid(1, tenant, 0);
export const datadogId = (tenant: number, row: number): string => uuid(2, tenant, row);
export const posthogId = (tenant: number, row: number): string => uuid(3, tenant, row);
export const humanloopId = (tenant: number, row: number): string => `ds_${tenant}x${row}aBcDeFgHiJkLm`;
/** What a tenant's lists are searched by, where they are in no project. */
export const searchOf = (tenant: number): string => `tenant-${tenant}`;

function date(tenant: number, row: number): string {
  return new Date(Date.UTC(2026, 4, 1) - (tenant * 31 + row) * 3_600_000 - row * 1_017).toISOString();
}

function description(row: number): string {
  return `Answers that the support team has marked as good, batch ${row}. Reviewed by two people, without names.`;
}

export interface DatadogDataset {
  readonly id: string;
  readonly attributes: {
    readonly name: string;
    readonly description: string;
    readonly metadata: unknown;
    readonly current_version: number;
    readonly created_at: string;
    readonly updated_at: string;
    readonly author: { readonly id: string; readonly name: string; readonly email: string };
  };
}

/** The version that each dataset stands at before any has moved on. */
export const firstVersion = 7;

export function datadogDataset(tenant: number, row: number, version = firstVersion): DatadogDataset {
  const attributes = {
    name: `support-answers-${row}`,
    description: description(row),
    metadata: { owner: 'support', stage: 'golden', reviewed: true, share: 0.25 },
    current_version: row < movingRows ? version : firstVersion,
    created_at: date(tenant, row),
    updated_at: date(tenant, row),
    author: {
      id: uuid(4, 0, row),
      name: `Robin Example ${row}`,
      email: `robin.${row}@example.com`,
    },
  };
  return { id: datadogId(tenant, row), attributes };
}

export interface DatadogDraft {
  readonly data: {
    readonly attributes: {
      readonly drafting_since: string;
      readonly user: { readonly id: string; readonly name: string; readonly email: string };
    };
  };
}

export function datadogDraft(tenant: number, row: number): DatadogDraft {
  const user = { id: uuid(5, 0, row), name: `Kim Example ${row}`, email: `kim.${row}@example.com` };
  return { data: { attributes: { drafting_since: date(tenant, row), user } } };
}

export interface HumanloopDataset {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly version_id: string;
  readonly version_name: string;
  readonly environments: readonly { readonly id: string; readonly name: string; readonly tag: string }[];
  readonly created_at: string;
  readonly updated_at: string;
  readonly created_by: {
    readonly id: string;
    readonly full_name: string;
    readonly email_address: string;
  };
  readonly datapoints_count: number;
  readonly tags: readonly string[];
  readonly attributes: unknown;
}

export function humanloopDataset(tenant: number, row: number, version = 0): HumanloopDataset {
  return {
    id: humanloopId(tenant, row),
    name: `Triage ${row}`,
    path: `support/triage/Triage ${row}`,
    description: description(row),
    version_id: `dsv_${tenant}x${row}x${version}aBcDeFgHiJk`,
    version_name: `v${5 - version}`,
    environments: version === 0 ? [{ id: 'env_1', name: 'production', tag: 'default' }] : [],
    created_at: date(tenant, row + version),
    updated_at: date(tenant, row + version),
    created_by: {
      id: `usr_${row}`,
      full_name: `Sam Example ${row}`,
      email_address: `sam.${row}@example.com`,
    },
    datapoints_count: 120 + row,
    tags: ['support', 'golden'],
    attributes: { language: 'en' },
  };
}

export interface PostHogDataset {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly metadata: unknown;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted: boolean;
  readonly created_by: {
    readonly id: number;
    readonly uuid: string;
    readonly distinct_id: string;
    readonly first_name: string;
    readonly last_name: string;
    readonly email: string;
    readonly is_email_verified: boolean;
    readonly role_at_organization: string;
  };
  readonly team: number;
}

export function posthogDataset(tenant: number, row: number): PostHogDataset {
  return {
    id: posthogId(tenant, row),
    name: `chat-traces-${row}`,
    description: description(row),
    metadata: { source: 'traces', month: '2026-04', sampled: 0.1 },
    created_at: date(tenant, row),
    updated_at: date(tenant, row),
    deleted: false,
    created_by: {
      id: 1_000 + row,
      uuid: uuid(6, 0, row),
      distinct_id: uuid(7, 0, row),
      first_name: 'Alex',
      last_name: `Example ${row}`,
      email: `alex.${row}@example.com`,
      is_email_verified: true,
      role_at_organization: 'engineering',
    },
    team: 2,
  };
}

export interface DatadogList {
  readonly data: readonly DatadogDataset[];
  readonly meta: { readonly after: string | null };
}
export interface HumanloopList {
  readonly records: readonly HumanloopDataset[];
  readonly page: number;
  readonly size: number;
  readonly total: number;
}
export interface PostHogList {
  readonly count: number;
  readonly results: readonly PostHogDataset[];
}

/** The version that the datasets of a tenant which move on stand at. */
export type Versions = (tenant: number) => number;

function list<T>(count: number, make: (row: number) => T, from = 0): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(from + index));
}

/** Tenants by what names them in a path. */
const byProject = new Map(list(tenants + 1, (tenant) => [projectId(tenant), tenant]));
/** The one that has many datasets. */
export const large = tenants;

function datadogAnswer(tenant: number, query: URLSearchParams, version: number): DatadogList {
  const id = query.get('filter[id]');
  const total = tenant === large ? manyRows : rows;
  if (id !== null) {
    const found = list(total, (row) => datadogId(tenant, row)).indexOf(id);
    const data = found === -1 ? [] : [datadogDataset(tenant, found, version)];
    return { data, meta: { after: null } };
  }
  const from = Number(query.get('page[cursor]') ?? 0);
  const count = Math.min(Number(query.get('page[limit]') ?? 100), total - from);
  const after = from + count < total ? String(from + count) : null;
  return { data: list(count, (row) => datadogDataset(tenant, row, version), from), meta: { after } };
}

function posthogAnswer(query: URLSearchParams): PostHogList {
  const ids = query.get('id__in')?.split(',');
  if (ids === undefined) {
    const tenant = Number(query.get('search')?.replace('tenant-', '') ?? 0);
    return { count: rows, results: list(rows, (row) => posthogDataset(tenant, row)) };
  }
  const results = ids.flatMap((id) => {
    const [, tenant = '', row = ''] = id.split('-');
    return [posthogDataset(Number.parseInt(tenant, 16), Number.parseInt(row.slice(1), 16))];
  });
  return { count: results.length, results };
}

function humanloopAnswer(path: string, query: URLSearchParams): unknown {
  const [, id, what] = /\/datasets(?:\/ds_([^/]+)(?:\/(versions))?)?$/.exec(path) ?? [];
  if (id === undefined) {
    const tenant = Number(query.get('name')?.replace('tenant-', '') ?? 0);
    const records = list(rows, (row) => humanloopDataset(tenant, row));
    return { records, page: 1, size: rows, total: rows } satisfies HumanloopList;
  }
  const [tenant, row] = id.split(/[xa]/).map(Number);
  const versions = list(3, (version) => humanloopDataset(tenant ?? 0, row ?? 0, version));
  return what === undefined ? versions[0] : { records: versions };
}

/** The answer to a GET of a path, whichever vendor's it is; undefined where there is none. */
export function answerOf(target: string, versionOf: Versions): unknown {
  const { pathname, searchParams } = new URL(target, 'http://stub.invalid');
  const datadog = /^\/api\/v2\/llm-obs\/v1\/([\w-]{36})\/datasets(?:\/([\w-]{36})\/draft_state)?$/.exec(
    pathname,
  );
  const tenant = byProject.get(datadog?.[1] ?? '');
  if (tenant !== undefined) {
    const id = datadog?.[2];
    if (id === undefined) return datadogAnswer(tenant, searchParams, versionOf(tenant));
    return datadogDraft(tenant, Number.parseInt(id.split('-')[2]?.slice(1) ?? '', 16));
  }
  if (pathname.startsWith('/v5/')) return humanloopAnswer(pathname, searchParams);
  if (pathname.endsWith('/datasets/')) return posthogAnswer(searchParams);
  return undefined;
}
