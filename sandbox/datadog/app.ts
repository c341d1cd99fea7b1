import { Hono } from 'hono';
import { answer } from './answer.ts';
import { authenticate } from './authentication.ts';
import { DatadogFailure, failureBody } from './datadog-failure.ts';
import { limitRate, type RateLimit } from './rate-limit.ts';
import { addBatchUpdateRoute } from './routes/batch-update.ts';
import { addDatasetRoutes } from './routes/datasets.ts';
import { addDraftStateRoutes } from './routes/draft-state.ts';
import { addModelLabRoutes } from './routes/model-lab.ts';
import { addProjectRoutes } from './routes/projects.ts';
import { addPromptVersionRoutes } from './routes/prompt-versions.ts';
import { addPromptRoutes } from './routes/prompts.ts';
import { addRecordRoutes } from './routes/records.ts';
import { addUploadRoute } from './routes/upload.ts';
import { addVersionRoutes } from './routes/versions.ts';
import type { DatadogApp, DatadogVendor } from './vendor.ts';

/** Datadog's routes. Those with a fixed word go before those with a project id in its place. */
export function createDatadogApp(vendor: DatadogVendor, rateLimit: RateLimit): DatadogApp {
  const app: DatadogApp = new Hono();
  app.use('/api/*', authenticate, limitRate(rateLimit, vendor.switches));
  addProjectRoutes(app, vendor);
  addPromptRoutes(app, vendor);
  addPromptVersionRoutes(app, vendor);
  addDatasetRoutes(app, vendor);
  addRecordRoutes(app, vendor);
  addBatchUpdateRoute(app, vendor);
  addVersionRoutes(app, vendor);
  addDraftStateRoutes(app, vendor);
  addUploadRoute(app, vendor);
  addModelLabRoutes(app, vendor);

  // Recorded for an endpoint that is not there: a status and a title, no detail.
  app.all('/api/*', (context) =>
    answer(context, vendor.switches.dialect, { errors: [{ status: '404', title: 'Not Found' }] }, 404),
  );
  app.onError((error, context) => {
    const { dialect } = vendor.switches;
    const failure =
      error instanceof DatadogFailure ? error : new DatadogFailure(500, 'an unexpected error occurred');
    return answer(context, dialect, failureBody(failure, dialect), failure.status);
  });
  return app;
}
