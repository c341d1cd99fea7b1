import type { SourceKey } from '../../domain/vendor.ts';
import type { DeploymentMark, VersionsState } from '../../domain/watched-state.ts';
import type { SourceWatch, Watchable } from '../source.ts';
import { vendorIdOf } from './addresses.ts';
import { readEach } from './batch.ts';
import type { FileClient, HumanloopClient } from './client.ts';
import { readVersions, undefinedIfAbsent } from './files.ts';
import { mapDeployments } from './mapping.ts';
import type { FileRow } from './schema.ts';

/** Everything that is watched of a file is in the list of its versions: one request. */
async function lookAtFile<Row extends FileRow>(
  source: SourceKey,
  client: FileClient<Row>,
  id: string,
): Promise<VersionsState | undefined> {
  const read = await undefinedIfAbsent(readVersions(client, id));
  if (read === undefined) return undefined;
  const [fault] = read.faults;
  // Any version may be the one that cannot be read: nothing can be said of what is there.
  if (fault !== undefined) throw fault;
  const deployments: DeploymentMark[] = [];
  let told = true;
  for (const row of read.newestFirst) {
    const places = mapDeployments(source, row.environments);
    told &&= places !== null;
    for (const { environmentId, environmentName } of places ?? []) {
      deployments.push({ environmentId, environmentName, ref: row.version_id });
    }
  }
  const [newest] = read.newestFirst;
  return {
    exists: true,
    latest: newest === undefined ? null : { ref: newest.version_id, number: null },
    versions: read.newestFirst
      .map((row) => ({
        ref: row.version_id,
        number: null,
        name: row.version_name ?? null,
        description: row.version_description ?? null,
        labels: null,
      }))
      .reverse(),
    complete: true,
    deployments: told ? deployments : undefined,
  };
}

function watchFiles<Kind extends 'DATASET' | 'PROMPT', Row extends FileRow>(
  source: SourceKey,
  client: FileClient<Row>,
): Watchable<Kind, VersionsState> {
  return {
    // A plain read shows the version that is deployed, and nothing of the others.
    readsTell: false,
    groupOf: ({ id }) => id,
    look: (looks) =>
      readEach(
        looks.map(({ key }) => key),
        (key) => lookAtFile(source, client, vendorIdOf(key)),
      ),
  };
}

export function createWatch(client: HumanloopClient, source: SourceKey): SourceWatch {
  return {
    datasetVersions: watchFiles(source, client.datasets),
    promptVersions: watchFiles(source, client.prompts),
  };
}
