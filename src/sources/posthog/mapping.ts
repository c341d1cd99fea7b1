import type { Actor } from '../../domain/actor.ts';
import type { Dataset as DomainDataset, DatasetItem as DomainDatasetItem } from '../../domain/dataset.ts';
import { keyOf } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { Dataset, DatasetItem, User } from './schema.ts';

export function mapActor(user: User | null | undefined): Actor | null {
  if (user === null || user === undefined) return null;
  const name = `${user.first_name ?? ''} ${user.last_name ?? ''}`.trim();
  return {
    // The number, which is what prompt lists can be narrowed to.
    vendorId: String(user.id),
    name: name === '' ? null : name,
    email: user.email ?? null,
    handle: null,
    iconUrl: null,
    details: {
      uuid: user.uuid ?? null,
      distinct_id: user.distinct_id ?? null,
      is_email_verified: user.is_email_verified ?? null,
      hedgehog_config: user.hedgehog_config ?? null,
      role_at_organization: user.role_at_organization ?? null,
    },
  };
}

export function mapDataset(source: SourceKey, row: Dataset): DomainDataset {
  const { id, address } = keyOf(source, 'DATASET', row.id);
  return {
    id,
    address,
    vendor: 'POSTHOG',
    vendorId: row.id,
    name: row.name,
    description: row.description ?? null,
    project: null,
    createdAt: row.created_at,
    updatedAt: row.updated_at ?? null,
    createdBy: mapActor(row.created_by),
    itemCount: null,
    metadata: row.metadata ?? null,
    currentVersion: null,
    latestVersion: null,
    details: { kind: 'POSTHOG', teamId: row.team ?? row.team_id ?? null },
  };
}

export function mapDatasetItem(source: SourceKey, row: DatasetItem): DomainDatasetItem {
  const { id, address } = keyOf(source, 'DATASET_ITEM', row.id);
  const isLater = typeof row.version_id === 'string';
  return {
    id,
    address,
    vendor: 'POSTHOG',
    vendorId: row.id,
    // An edit keeps the id, in both generations.
    stableId: row.id,
    dataset: keyOf(source, 'DATASET', row.dataset),
    input: row.input ?? null,
    expectedOutput: (isLater ? row.expected_output : row.output) ?? null,
    messages: null,
    metadata: row.metadata ?? null,
    tags: null,
    sourceTraceId: (isLater ? row.source_trace_id : row.ref_trace_id) ?? null,
    sourceId: (isLater ? row.source_event_id : row.ref_source_id) ?? null,
    sourceTimestamp: (isLater ? row.source_timestamp : row.ref_timestamp) ?? null,
    deleted: (isLater ? row.archived : row.deleted) ?? null,
    createdAt: row.created_at ?? null,
    updatedAt: row.updated_at ?? null,
    createdBy: mapActor(row.created_by),
  };
}
