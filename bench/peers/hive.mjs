import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGatewayRuntime } from '@graphql-hive/gateway';
import { getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';
import { environment } from '../environment.ts';
import { datadog, humanloop, posthog } from './vendors-openapi.mjs';

/** Hive Gateway over the vendors' APIs as OpenAPI sources, with the calls for each row as links between them. */
const { origins, port } = environment();
const quiet = {
  log: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: console.error,
  child: () => quiet,
};
const directory = mkdtempSync(join(tmpdir(), 'hive-'));

function subgraph(name, document, endpoint) {
  const source = join(directory, `${name}.json`);
  writeFileSync(source, JSON.stringify(document));
  return { sourceHandler: loadOpenAPISubgraph(name, { source, endpoint, ignoreErrorResponses: true }) };
}

const supergraph = await getComposedSchemaFromConfig(
  {
    subgraphs: [
      subgraph('datadog', datadog, origins.datadog),
      subgraph('humanloop', humanloop, `${origins.humanloop}/v5`),
      subgraph('posthog', posthog, origins.posthog),
    ],
    additionalTypeDefs: /* GraphQL */ `
      extend type DatadogDataset {
        draftState: DatadogDraft
          @resolveTo(
            sourceName: "datadog"
            sourceTypeName: "Query"
            sourceFieldName: "datadogDraftState"
            requiredSelectionSet: "{ id }"
            sourceArgs: { project: "{context.params.variables.project}", id: "{root.id}" }
          )
      }
      extend type HumanloopDataset {
        versions: HumanloopVersions
          @resolveTo(
            sourceName: "humanloop"
            sourceTypeName: "Query"
            sourceFieldName: "humanloopVersions"
            requiredSelectionSet: "{ id }"
            sourceArgs: { id: "{root.id}" }
          )
      }
    `,
  },
  quiet,
);
const gateway = createGatewayRuntime({
  supergraph,
  logging: false,
  maskedErrors: false,
  fetchAPI: { fetch },
});
createServer(gateway).listen(port, '127.0.0.1');
