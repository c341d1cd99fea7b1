import { deployVersion, undeploy } from '../change-file.ts';
import type { DatapointRequest } from '../datapoint.ts';
import type { DatasetFile } from '../file.ts';
import type { DatasetRequest } from '../request-bodies.ts';
import { upsertDataset } from '../upsert-dataset.ts';
import type { Planting } from './planting.ts';
import type { UseCase } from './use-case.ts';

const noSelector = { versionId: undefined, environment: undefined };

/** How many versions and datapoints a dataset gets; two of them get many. */
function sizeOf(name: string, position: number): { versions: number; datapoints: number } {
  if (name === 'Refund policy golden set') return { versions: 64, datapoints: 40 };
  if (name === 'RAG regression suite') return { versions: 6, datapoints: 150 };
  return { versions: 1 + (position % 5), datapoints: 4 + ((position * 7) % 11) };
}

function schemaOf(useCase: UseCase): Record<string, unknown> {
  const properties = Object.fromEntries(useCase.inputs.map((name) => [name, { type: 'string' }]));
  return { type: 'object', properties, required: [...useCase.inputs] };
}

/** What the next version changes: mostly it grows, sometimes shrinks, sometimes datapoints are corrected. */
function changeFor(
  revision: number,
  previous: readonly DatapointRequest[],
  fresh: () => DatapointRequest,
): Pick<DatasetRequest, 'action' | 'datapoints'> {
  if (revision % 5 === 4) return { action: 'remove', datapoints: previous.slice(1, 2) };
  if (revision % 5 === 2 && revision < 8) {
    const corrected = previous.map((datapoint, index) =>
      index % 6 === 1 ? { ...datapoint, target: { ...datapoint.target, checked: true } } : datapoint,
    );
    return { action: 'set', datapoints: [...corrected, fresh()] };
  }
  return { action: 'add', datapoints: [fresh(), fresh()] };
}

function deploySome(planting: Planting, file: DatasetFile, position: number): void {
  const [standard, other] = planting.tenant.environments;
  const newest = file.versions.at(-1);
  const middle = file.versions[file.versions.length >> 1];
  if (standard === undefined || newest === undefined || middle === undefined) return;
  if (position % 3 === 1) deployVersion(file, standard, middle.id, file.updatedAt);
  if (position % 3 === 2) deployVersion(file, standard, newest.id, file.updatedAt);
  if (position % 4 === 0 && other !== undefined) deployVersion(file, other, newest.id, file.updatedAt);
  if (position % 11 === 7) undeploy(file, standard, file.updatedAt);
}

/** Plants one dataset with its versions and deployments. */
export function seedDataset(planting: Planting, useCase: UseCase, name: string, position: number): void {
  const { tenant, random, calendar } = planting;
  const { versions, datapoints } = sizeOf(name, position);
  const path = `${useCase.directory}/${name}`;
  let made = 0;
  const fresh = (): DatapointRequest => {
    made += 1;
    return useCase.datapoint(random, made - 1);
  };
  let moment = calendar.after(planting.start + position * planting.spacing, 1);
  let current: readonly DatapointRequest[] = [];

  for (let revision = 0; revision < versions; revision += 1) {
    const change =
      revision === 0
        ? { action: 'set' as const, datapoints: Array.from({ length: datapoints }, fresh) }
        : changeFor(revision, current, fresh);
    const named = revision > 0 && revision % 2 === 0;
    const { file, version } = upsertDataset(
      planting.writeContext(moment),
      {
        path,
        ...change,
        ...(position % 4 === 1 ? { attributes: { source: 'production logs', revision } } : {}),
        version_name: named ? `v${revision + 1}` : null,
        version_description: named ? `Reviewed after week ${revision + 1} of the evaluation.` : null,
      },
      noSelector,
    );
    version.lastUsedAt = calendar.after(moment, 2);
    current = version.content.datapoints;
    if (revision === 0) {
      file.description = `${name} for ${useCase.directory}.`;
      if (position % 2 === 0) file.tags = [...useCase.tags];
      if (position % 5 === 0) file.readme = `# ${name}\n\nCollected by the ${useCase.directory} team.`;
      if (position % 3 === 0) file.schema = schemaOf(useCase);
    }
    if (revision === versions - 1) deploySome(planting, file, position);
    moment = calendar.after(moment, versions > 20 ? 4 : 9);
  }
  if (made === 0) throw new Error(`The dataset ${path} of ${tenant.name} was seeded without datapoints.`);
}
