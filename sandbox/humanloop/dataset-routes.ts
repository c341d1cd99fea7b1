import type { Context, Hono } from 'hono';
import { type Api, callerOf, writeContextOf } from './api.ts';
import { readBody } from './body.ts';
import { CsvError } from './csv.ts';
import { datapointsOfCsv } from './csv-datapoints.ts';
import { datasetKind } from './file-kind.ts';
import { pageOf, readPage } from './page.ts';
import { presentDatapoint, presentDataset } from './present-dataset.ts';
import { Query } from './query.ts';
import { DatasetRequest } from './request-bodies.ts';
import { callerAndFile, readSelector } from './shared-routes.ts';
import { upsertDataset } from './upsert-dataset.ts';
import { invalid } from './vendor-error.ts';
import { selectVersion } from './version-selection.ts';

interface CsvForm {
  readonly text: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
}

function textField(form: FormData, name: string): string | undefined {
  const value = form.get(name);
  return typeof value === 'string' ? value : undefined;
}

async function readCsvForm(context: Context): Promise<CsvForm> {
  const form = await context.req.formData().catch(() => new FormData());
  const file = form.get('file');
  if (file === null)
    throw invalid({ loc: ['body', 'file'], msg: 'field required', type: 'value_error.missing' });
  return {
    text: typeof file === 'string' ? file : await file.text(),
    name: textField(form, 'version_name'),
    description: textField(form, 'version_description'),
  };
}

function readCsv(text: string): DatasetRequest['datapoints'] {
  try {
    return datapointsOfCsv(text);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw invalid({ loc: ['body', 'file'], msg: error.message, type: 'value_error.csv' });
  }
}

/** What only datasets have. */
export function addDatasetRoutes(app: Hono, api: Api): void {
  const { switches } = api;

  app.post('/v5/datasets', async (context) => {
    const caller = callerOf(api, context);
    const query = new Query(context.req.url);
    const withDatapoints = query.flag('include_datapoints') ?? false;
    query.check();
    const request = await readBody(context, DatasetRequest);
    const saved = upsertDataset(writeContextOf(api, caller), request, readSelector(query));
    return context.json(presentDataset({ tenant: caller.tenant, ...saved, switches }, withDatapoints));
  });

  app.get('/v5/datasets/:id/datapoints', (context) => {
    const { tenant, file } = callerAndFile(api, datasetKind, context);
    const query = new Query(context.req.url);
    const page = readPage(query, 50, switches);
    query.check();
    const version = selectVersion(tenant, file, readSelector(query), switches);
    return context.json(pageOf(version.content.datapoints, page, presentDatapoint));
  });

  app.post('/v5/datasets/:id/datapoints/csv', async (context) => {
    const { file, ...caller } = callerAndFile(api, datasetKind, context);
    const selector = readSelector(new Query(context.req.url));
    const form = await readCsvForm(context);
    // Without a selector the base is what stands on the default environment, unlike in an upsert, whose base
    // is the newest version (vendor documentation of both).
    const base = selectVersion(caller.tenant, file, selector, switches);
    const saved = upsertDataset(
      writeContextOf(api, caller),
      {
        id: file.id,
        action: 'add',
        datapoints: readCsv(form.text),
        version_name: form.name,
        version_description: form.description,
      },
      { versionId: base.id, environment: undefined },
    );
    return context.json(presentDataset({ tenant: caller.tenant, ...saved, switches }, false));
  });
}
