import type { Context, Hono } from 'hono';
import { type Api, callerOf } from './api.ts';
import { readBody } from './body.ts';
import type { Caller } from './caller.ts';
import { moveFile } from './change-file.ts';
import type { VendorFile } from './file.ts';
import type { FileKind } from './file-kind.ts';
import { hasName, hasUser, type Row, readOrder, sortRows } from './list-files.ts';
import { pageOf, readPage } from './page.ts';
import { Query } from './query.ts';
import { MoveRequest } from './request-bodies.ts';
import type { HumanloopSwitches } from './switches.ts';
import type { Tenant } from './tenant.ts';
import { notFound } from './vendor-error.ts';
import { listedVersion, newestVersion, type Selector, selectVersion } from './version-selection.ts';

/** The caller and the file that the path names; another organisation's files do not exist for it. */
export function callerAndFile<Content>(
  api: Api,
  kind: FileKind<Content>,
  context: Context,
): Caller & { file: VendorFile<Content> } {
  const caller = callerOf(api, context);
  const id = context.req.param('id') ?? '';
  const file = kind.files(caller.tenant).get(id);
  if (file === undefined) throw notFound(`File ${id}`);
  return { ...caller, file };
}

export function readSelector(query: Query): Selector {
  return { versionId: query.text('version_id'), environment: query.text('environment') };
}

/** Every file of a kind as a list shows it. */
export function rowsOf<Content>(
  tenant: Tenant,
  files: Iterable<VendorFile<Content>>,
  switches: HumanloopSwitches,
): Row<Content>[] {
  return [...files].flatMap((file) => {
    const version = listedVersion(tenant, file, switches);
    return version === undefined ? [] : [{ file, version }];
  });
}

/** List, get, move and delete: the same for datasets and prompts. */
export function addSharedRoutes<Content>(app: Hono, api: Api, kind: FileKind<Content>): void {
  const { switches } = api;
  const root = `/v5/${kind.segment}`;

  app.get(root, (context) => {
    const { tenant } = callerOf(api, context);
    const query = new Query(context.req.url);
    const page = readPage(query, 10, switches);
    const order = readOrder(query);
    query.check();
    const rows = rowsOf(tenant, kind.files(tenant).values(), switches).filter(
      (row) => hasName(row, query.text('name')) && hasUser(row, query.text('user_filter')),
    );
    return context.json(
      pageOf(sortRows(rows, order, switches), page, (row) =>
        kind.present({ tenant, ...row, switches }, false),
      ),
    );
  });

  app.get(`${root}/:id`, (context) => {
    const { tenant, file } = callerAndFile(api, kind, context);
    const query = new Query(context.req.url);
    const detailed = kind.readDetail(query);
    query.check();
    const version = selectVersion(tenant, file, readSelector(query), switches);
    return context.json(kind.present({ tenant, file, version, switches }, detailed));
  });

  app.patch(`${root}/:id`, async (context) => {
    const { tenant, file } = callerAndFile(api, kind, context);
    moveFile(tenant, file, await readBody(context, MoveRequest), api.clock.now());
    const version = listedVersion(tenant, file, switches) ?? newestVersion(file);
    if (version === undefined) throw notFound(`A version of ${file.id}`);
    return context.json(kind.present({ tenant, file, version, switches }, false));
  });

  app.delete(`${root}/:id`, (context) => {
    const { tenant, file } = callerAndFile(api, kind, context);
    kind.files(tenant).delete(file.id);
    return context.body(null, 204);
  });
}
