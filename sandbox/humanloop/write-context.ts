import type { User, VendorFile } from './file.ts';
import { newIdentifier } from './identifiers.ts';
import type { HumanloopSwitches } from './switches.ts';
import { directoryIdOf, normalizedPath, refuseTakenPath, type Tenant } from './tenant.ts';
import { invalid, notFound } from './vendor-error.ts';

/** Who writes, where, and when. */
export interface WriteContext {
  readonly tenant: Tenant;
  readonly user: User;
  readonly now: number;
  readonly switches: HumanloopSwitches;
}

/**
 * The file that an upsert means. A new one comes with `add`, to be called once nothing can fail any more.
 * Assumptions: `id` wins over `path`; neither is a 422.
 */
export function fileToWrite<Content>(
  { tenant, user, now }: WriteContext,
  files: Map<string, VendorFile<Content>>,
  prefix: 'ds' | 'pr',
  request: { readonly id?: string | null | undefined; readonly path?: string | null | undefined },
): { file: VendorFile<Content>; add?: () => void } {
  if (typeof request.id === 'string') {
    const known = files.get(request.id);
    if (known === undefined) throw notFound(`File ${request.id}`);
    return { file: known };
  }
  if (typeof request.path !== 'string')
    throw invalid({ loc: ['body', '__root__'], msg: 'one of id and path is required', type: 'value_error' });
  const path = normalizedPath(request.path);
  for (const known of files.values()) if (known.path === path) return { file: known };
  refuseTakenPath(tenant, path, undefined);
  const file: VendorFile<Content> = {
    id: newIdentifier(prefix, tenant.random),
    path,
    description: null,
    readme: null,
    tags: [],
    schema: null,
    createdAt: now,
    createdBy: user,
    updatedAt: now,
    movedAt: now,
    versions: [],
    deployments: new Map(),
  };
  return {
    file,
    add: () => {
      files.set(file.id, file);
      directoryIdOf(tenant, path);
    },
  };
}
