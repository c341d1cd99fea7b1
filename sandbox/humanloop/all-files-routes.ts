import type { Hono } from 'hono';
import { z } from 'zod';
import { type Api, callerOf } from './api.ts';
import { readBody } from './body.ts';
import type { FileVersion, VendorFile } from './file.ts';
import { datasetKind, type FileKind, promptKind } from './file-kind.ts';
import { hasName, type Row, readOrder, sortRows } from './list-files.ts';
import { pageOf, readPage } from './page.ts';
import type { JsonObject } from './present-file.ts';
import { Query } from './query.ts';
import { rowsOf } from './shared-routes.ts';
import type { HumanloopSwitches } from './switches.ts';
import type { Tenant } from './tenant.ts';
import { notFound } from './vendor-error.ts';
import { deployedVersion, selectVersion } from './version-selection.ts';

interface AnyRow extends Row<unknown> {
  readonly type: 'dataset' | 'prompt';
  present(): JsonObject;
}

function presentable<Content>(
  tenant: Tenant,
  kind: FileKind<Content>,
  switches: HumanloopSwitches,
  row: { file: VendorFile<Content>; version: FileVersion<Content> },
): AnyRow {
  return {
    ...row,
    type: kind.segment === 'datasets' ? 'dataset' : 'prompt',
    present: () => kind.present({ tenant, ...row, switches }, false),
  };
}

function rowsOfKind<Content>(
  tenant: Tenant,
  kind: FileKind<Content>,
  environment: string | undefined,
  switches: HumanloopSwitches,
): AnyRow[] {
  const files = kind.files(tenant).values();
  if (environment === undefined)
    return rowsOf(tenant, files, switches).map((row) => presentable(tenant, kind, switches, row));
  const place = tenant.environments.find(({ name }) => name === environment);
  return [...files].flatMap((file) => {
    const version = place === undefined ? undefined : deployedVersion(file, place.id);
    return version === undefined ? [] : [presentable(tenant, kind, switches, { file, version })];
  });
}

function isUnder(path: string, directory: string | undefined): boolean {
  const trimmed = directory?.replace(/^\/+|\/+$/g, '') ?? '';
  return trimmed === '' || path.startsWith(`${trimmed}/`);
}

/** Files of every kind. Of the vendor's kinds the sandbox holds datasets and prompts, and no templates. */
export function addAllFilesRoutes(app: Hono, api: Api): void {
  const { switches } = api;

  app.get('/v5/files', (context) => {
    const { tenant } = callerOf(api, context);
    const query = new Query(context.req.url);
    const page = readPage(query, 10, switches);
    const order = readOrder(query);
    const types = query.choices('type', ['prompt', 'tool', 'dataset', 'evaluator', 'flow', 'agent']);
    const onlyTemplates = query.flag('template') ?? false;
    query.check();
    const environment = query.text('environment');
    const rows = [
      ...rowsOfKind(tenant, datasetKind, environment, switches),
      ...rowsOfKind(tenant, promptKind, environment, switches),
    ].filter(
      (row) =>
        !onlyTemplates &&
        (types.length === 0 || types.includes(row.type)) &&
        hasName(row, query.text('name')) &&
        isUnder(row.file.path, query.text('path')),
    );
    return context.json(pageOf(sortRows(rows, order, switches), page, (row) => row.present()));
  });

  app.post('/v5/files/retrieve-by-path', async (context) => {
    const { tenant } = callerOf(api, context);
    const { path } = await readBody(context, z.object({ path: z.string() }));
    const selector = { versionId: undefined, environment: new Query(context.req.url).text('environment') };

    function find<Content>(kind: FileKind<Content>): JsonObject | undefined {
      const file = [...kind.files(tenant).values()].find((one) => one.path === path);
      if (file === undefined) return undefined;
      const version = selectVersion(tenant, file, selector, switches);
      return kind.present({ tenant, file, version, switches }, false);
    }

    const found = find(datasetKind) ?? find(promptKind);
    if (found === undefined) throw notFound(`A file with the path "${path}"`);
    return context.json(found);
  });
}
