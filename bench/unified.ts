/** How the hand-written server and the peers make the unified answer of what vendors say. Plain, and nothing checked. */
import type { DatadogDataset, DatadogDraft, HumanloopDataset, PostHogDataset } from './vendor-data.ts';

export interface Actor {
  readonly name: string;
  readonly email: string;
}

export interface Dataset {
  readonly id: string;
  readonly vendor: 'DATADOG' | 'HUMANLOOP' | 'POSTHOG';
  readonly vendorId: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly createdBy: Actor;
  readonly itemCount: number | null;
  readonly metadata: unknown;
}

export function idOf(...parts: readonly string[]): string {
  return Buffer.from(parts.join(':')).toString('base64url');
}

export function partsOf(id: string): readonly string[] {
  return Buffer.from(id, 'base64url').toString().split(':');
}

export function ofDatadog(projectId: string, { id, attributes }: DatadogDataset): Dataset {
  const { name, description, created_at, updated_at, author, metadata } = attributes;
  return {
    id: idOf('datadog', 'ds', projectId, id),
    vendor: 'DATADOG',
    vendorId: id,
    name,
    description,
    createdAt: created_at,
    updatedAt: updated_at,
    createdBy: { name: author.name, email: author.email },
    itemCount: null,
    metadata,
  };
}

export function ofHumanloop(row: HumanloopDataset): Dataset {
  return {
    id: idOf('humanloop', 'ds', row.id),
    vendor: 'HUMANLOOP',
    vendorId: row.id,
    name: row.name,
    description: row.description,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: { name: row.created_by.full_name, email: row.created_by.email_address },
    itemCount: row.datapoints_count,
    metadata: null,
  };
}

export function ofPostHog(row: PostHogDataset): Dataset {
  const { first_name, last_name, email } = row.created_by;
  return {
    id: idOf('posthog', 'ds', row.id),
    vendor: 'POSTHOG',
    vendorId: row.id,
    name: row.name,
    description: row.description,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: { name: `${first_name} ${last_name}`, email },
    itemCount: null,
    metadata: row.metadata,
  };
}

export function lockOf({ data: { attributes } }: DatadogDraft): unknown {
  const { user, drafting_since } = attributes;
  return { holder: { name: user.name, email: user.email }, since: drafting_since, kind: 'VENDOR' };
}

export function versionOf(row: HumanloopDataset): unknown {
  return { ref: row.version_id, name: row.version_name, createdAt: row.created_at };
}

/** The vendors' paths. */
export const paths = {
  datadogList: (project: string, limit = 25, cursor?: string): string =>
    `/api/v2/llm-obs/v1/${project}/datasets?page[limit]=${limit}${cursor === undefined ? '' : `&page[cursor]=${cursor}`}`,
  datadogOne: (project: string, id: string): string =>
    `/api/v2/llm-obs/v1/${project}/datasets?filter[id]=${id}`,
  datadogDraft: (project: string, id: string): string =>
    `/api/v2/llm-obs/v1/${project}/datasets/${id}/draft_state`,
  humanloopList: (search: string): string => `/v5/datasets?page=1&size=25&name=${search}`,
  humanloopOne: (id: string): string => `/v5/datasets/${id}`,
  humanloopVersions: (id: string): string => `/v5/datasets/${id}/versions`,
  posthogList: (search: string): string => `/api/projects/2/datasets/?limit=25&offset=0&search=${search}`,
  posthogByIds: (ids: readonly string[]): string =>
    `/api/projects/2/datasets/?limit=${ids.length}&id__in=${ids.join(',')}`,
} as const;
