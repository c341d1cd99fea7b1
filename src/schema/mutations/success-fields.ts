import type { ResourceKey } from '../../domain/identity.ts';
import { costOfVersion } from '../../resolvers/costs/fields.ts';
import { costOfThing } from '../../resolvers/costs/things.ts';
import { datasetVersion } from '../../resolvers/dataset-fields.ts';
import type { SchemaTypes } from '../builder.ts';
import { costs } from '../cost.ts';
import { DatasetVersionType } from '../dataset-version.ts';
import { DatasetType, PromptType } from '../references.ts';

type FieldBuilder<Parent> = PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Parent>;

/** The dataset that was written: its id always, itself when it can be read. */
export function datasetFields<Parent extends { readonly dataset: ResourceKey<'DATASET'> }>(
  t: FieldBuilder<Parent>,
) {
  return {
    datasetId: t.id({ nullable: false, description: 'The dataset.', resolve: (parent) => parent.dataset.id }),
    dataset: t.field({
      extensions: costs(costOfThing('DATASET')),
      type: DatasetType,
      description: 'The dataset as it is now; null with an error beside it when it cannot be read back.',
      resolve: (parent, _args, context) => context.loaders.dataset.load(parent.dataset),
    }),
  };
}

interface Versioned {
  readonly dataset: ResourceKey<'DATASET'>;
}

/** A version that was written to or deployed, by a ref that the caller gave. */
export function versionFields<Parent extends Versioned & { readonly versionRef: string }>(
  t: FieldBuilder<Parent>,
) {
  return {
    versionRef: t.string({
      nullable: false,
      description: 'The ref of the version.',
      resolve: (parent) => parent.versionRef,
    }),
    version: t.field({
      extensions: costs(costOfVersion),
      type: DatasetVersionType,
      description: 'The version as it is now; null with an error beside it when it cannot be read back.',
      resolve: (parent, _args, context) => datasetVersion(context, parent.dataset, parent.versionRef),
    }),
  };
}

/** A version that a write has made. */
function madeVersionFields<Parent extends Versioned & { readonly versionRef: string | null }>(
  t: FieldBuilder<Parent>,
) {
  return {
    versionRef: t.string({
      description:
        'The ref of the version that this made. Null where there are no versions, or the vendor does not tell and it could not be read back.',
      resolve: (parent) => parent.versionRef,
    }),
    version: t.field({
      extensions: costs(costOfVersion),
      type: DatasetVersionType,
      description: 'The version that this made.',
      resolve: (parent, _args, context) =>
        parent.versionRef === null ? null : datasetVersion(context, parent.dataset, parent.versionRef),
    }),
  };
}

interface Written extends Versioned {
  readonly versionRef: string | null;
  readonly concurrentRef: string | null;
}

/** The dataset, the version that was made, and one that somebody else made meanwhile. */
export function writtenVersionFields<Parent extends Written>(t: FieldBuilder<Parent>) {
  return {
    ...datasetFields(t),
    ...madeVersionFields(t),
    concurrentRef: t.string({
      description:
        'A version that somebody outside made while this was written: it is not what you based this on. Null when there was none, as far as versions show.',
      resolve: (parent) => parent.concurrentRef,
    }),
  };
}

/** The prompt that was written: its id always, itself when it can be read. */
export function promptFields<Parent extends { readonly prompt: ResourceKey<'PROMPT'> }>(
  t: FieldBuilder<Parent>,
) {
  return {
    promptId: t.id({ nullable: false, description: 'The prompt.', resolve: (parent) => parent.prompt.id }),
    prompt: t.field({
      extensions: costs(costOfThing('PROMPT')),
      type: PromptType,
      description: 'The prompt as it is now; null with an error beside it when it cannot be read back.',
      resolve: (parent, _args, context) => context.loaders.prompt.load(parent.prompt),
    }),
  };
}
