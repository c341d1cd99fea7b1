import type { Hono } from 'hono';
import type { Api } from './api.ts';
import { readBody } from './body.ts';
import { deleteVersion, deployVersion, environmentById, undeploy } from './change-file.ts';
import type { FileKind } from './file-kind.ts';
import { presentEnvironment } from './present-file.ts';
import { Query } from './query.ts';
import { LabelRequest } from './request-bodies.ts';
import { labelVersion } from './save-version.ts';
import { callerAndFile } from './shared-routes.ts';
import { deployedVersion, newestVersion, versionById } from './version-selection.ts';

/** Versions and deployments: the same for datasets and prompts. */
export function addVersionRoutes<Content>(app: Hono, api: Api, kind: FileKind<Content>): void {
  const { switches } = api;
  const root = `/v5/${kind.segment}/:id`;

  app.get(`${root}/versions`, (context) => {
    const { tenant, file } = callerAndFile(api, kind, context);
    const query = new Query(context.req.url);
    const detail = kind.readVersionsDetail(query);
    query.check();
    const newest = newestVersion(file);
    const { versions } = file;
    const ordered = switches.versionsOrder === 'newest-first' ? versions.toReversed() : versions;
    const records = ordered.map((version) =>
      kind.present({ tenant, file, version, switches }, version === newest ? detail.newest : detail.others),
    );
    return context.json({ records });
  });

  app.patch(`${root}/versions/:version`, async (context) => {
    const { tenant, file } = callerAndFile(api, kind, context);
    const version = versionById(file, context.req.param('version'));
    const { name, description } = await readBody(context, LabelRequest);
    labelVersion(file, version, { name, description }, api.clock.now());
    return context.json(kind.present({ tenant, file, version, switches }, false));
  });

  app.delete(`${root}/versions/:version`, (context) => {
    const { file } = callerAndFile(api, kind, context);
    deleteVersion(file, context.req.param('version'), switches, api.clock.now());
    return context.body(null, 204);
  });

  app.get(`${root}/environments`, (context) => {
    const { tenant, file } = callerAndFile(api, kind, context);
    return context.json(
      tenant.environments.map((environment) => {
        const version = deployedVersion(file, environment.id);
        return {
          ...presentEnvironment(environment, switches),
          file: version === undefined ? null : kind.present({ tenant, file, version, switches }, false),
        };
      }),
    );
  });

  app.post(`${root}/environments/:environment`, (context) => {
    const { tenant, file } = callerAndFile(api, kind, context);
    const query = new Query(context.req.url);
    const versionId = query.required('version_id');
    query.check();
    const environment = environmentById(tenant, context.req.param('environment'));
    const version = deployVersion(file, environment, versionId, api.clock.now());
    return context.json(kind.present({ tenant, file, version, switches }, false));
  });

  app.delete(`${root}/environments/:environment`, (context) => {
    const { tenant, file } = callerAndFile(api, kind, context);
    undeploy(file, environmentById(tenant, context.req.param('environment')), api.clock.now());
    return context.body(null, 204);
  });
}
