import { Hono } from 'hono';
import { addAllFilesRoutes } from './all-files-routes.ts';
import type { Api } from './api.ts';
import { addDatasetRoutes } from './dataset-routes.ts';
import { datasetKind, promptKind } from './file-kind.ts';
import { addPromptRoutes } from './prompt-routes.ts';
import { addSharedRoutes } from './shared-routes.ts';
import { VendorError } from './vendor-error.ts';
import { addVersionRoutes } from './version-routes.ts';

/** The vendor's HTTP API. */
export function createApp(api: Api): Hono {
  const app = new Hono();

  // Assumption: the server redirects a slash at the end, as FastAPI does unless told otherwise.
  app.use('/v5/*', async (context, next) => {
    const url = new URL(context.req.url);
    if (!url.pathname.endsWith('/')) return next();
    url.pathname = url.pathname.replace(/\/+$/, '');
    return context.redirect(url.toString(), 307);
  });

  addSharedRoutes(app, api, datasetKind);
  addVersionRoutes(app, api, datasetKind);
  addDatasetRoutes(app, api);
  addSharedRoutes(app, api, promptKind);
  addVersionRoutes(app, api, promptKind);
  addPromptRoutes(app, api);
  addAllFilesRoutes(app, api);

  app.notFound((context) => context.json({ detail: 'Not Found' }, 404));
  app.onError((error, context) => {
    if (error instanceof VendorError)
      return context.json({ detail: error.detail }, error.status, { ...error.headers });
    return context.json({ detail: 'Internal Server Error' }, 500);
  });
  return app;
}
