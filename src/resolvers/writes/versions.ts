import type { Context } from '../../context.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { VersionConflictError } from '../../domain/write-errors.ts';
import { readText } from '../vendor-call.ts';
import { publishedInTurn, versionsOf, writeOnBase } from './published.ts';
import { datasetKey, datasetWriter, guardDraft, relatedId, write } from './write.ts';

interface VersionInput {
  readonly datasetId: string;
  readonly versionRef: string;
}

function readRef(ref: string): string {
  return readText(ref, ['input', 'versionRef']);
}

/** Makes an earlier version's items current again; history is kept. */
export function restoreVersion(
  context: Context,
  input: VersionInput & { readonly expectedRef?: string | null | undefined },
) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const ref = readRef(input.versionRef);
    const restore = datasetWriter(context, dataset, 'restore of versions', (writer) => writer.restore);
    return writeOnBase(context, dataset, input.expectedRef, (base) => restore(dataset, ref, base), {
      restored: true,
    });
  });
}

/** Names or describes a version. Left out: as it is; null: cleared. */
export function updateVersion(
  context: Context,
  input: VersionInput & {
    readonly name?: string | null | undefined;
    readonly description?: string | null | undefined;
  },
) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const versionRef = readRef(input.versionRef);
    const { name, description } = input;
    if (name === undefined && description === undefined) {
      throw new InvalidInputError('Give a `name` or a `description`.', [
        { path: ['input'], message: 'nothing to change is given' },
      ]);
    }
    if (typeof name === 'string') readText(name, ['input', 'name']);
    const update = datasetWriter(context, dataset, 'names of versions', (writer) => writer.updateVersion);
    return publishedInTurn(
      context,
      dataset,
      versionsOf(dataset),
      async () => {
        await update(dataset, versionRef, { name, description });
        return { dataset, versionRef };
      },
      () => ({ ref: versionRef }),
    );
  });
}

export function deleteVersion(context: Context, input: VersionInput) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const versionRef = readRef(input.versionRef);
    const remove = datasetWriter(context, dataset, 'deletion of versions', (writer) => writer.deleteVersion);
    return publishedInTurn(
      context,
      dataset,
      versionsOf(dataset),
      async () => {
        await guardDraft(context, dataset);
        await remove(dataset, versionRef);
        return { dataset, versionRef };
      },
      () => ({ ref: versionRef, removed: true }),
    );
  });
}

interface EnvironmentInput {
  readonly datasetId: string;
  readonly environmentId: string;
}

const environmentPath = ['input', 'environmentId'];

/** Puts a version on an environment. `expectedRef`: what the caller believes to stand there now. */
export function deployVersion(
  context: Context,
  input: VersionInput & EnvironmentInput & { readonly expectedRef?: string | null | undefined },
) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const versionRef = readRef(input.versionRef);
    const environment = relatedId(
      'ENVIRONMENT',
      input.environmentId,
      environmentPath,
      dataset.address.source,
    );
    const { deploy, deployedRef } = datasetWriter(context, dataset, 'deployments', (writer) =>
      writer.deploy === undefined ? undefined : { deploy: writer.deploy, deployedRef: writer.deployedRef },
    );
    return publishedInTurn(
      context,
      dataset,
      versionsOf(dataset),
      async () => {
        const { expectedRef } = input;
        if (expectedRef !== null && expectedRef !== undefined) {
          const current = (await deployedRef?.(dataset, environment)) ?? null;
          if (current !== expectedRef) throw new VersionConflictError(expectedRef, current);
        }
        await deploy(dataset, versionRef, environment);
        return { dataset, versionRef };
      },
      () => ({ ref: versionRef, environmentId: environment.id }),
    );
  });
}

export function removeDeployment(context: Context, input: EnvironmentInput) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const environment = relatedId(
      'ENVIRONMENT',
      input.environmentId,
      environmentPath,
      dataset.address.source,
    );
    const undeploy = datasetWriter(context, dataset, 'deployments', (writer) => writer.undeploy);
    return publishedInTurn(
      context,
      dataset,
      versionsOf(dataset),
      async () => {
        await undeploy(dataset, environment);
        return { dataset };
      },
      () => ({ environmentId: environment.id }),
    );
  });
}
