import { hash } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { DatasetItem, DatasetVersion } from '../../domain/dataset.ts';
import { type GlobalId, parseIdOf, type ResourceKey } from '../../domain/identity.ts';
import type { ListStream } from '../../sources/source.ts';
import { currentVersion, datasetVersion, latestVersion } from '../dataset-fields.ts';
import { found, partOf, readText, slotOf } from '../vendor-call.ts';
import { compareItems, type DiffEntry, type DiffKind, type PrintedItem } from './compare-items.ts';
import { contentOf } from './item-content.ts';
import { pointersOf } from './json-pointers.ts';
import { type ReadingOfDiff, readItems } from './read-items.ts';
import { type SideName, tellingSide } from './sides.ts';

export interface DatasetVersionInput {
  readonly datasetId: string;
  readonly versionRef?: string | null | undefined;
}

/** One of the two versions of a diff. */
export interface DatasetSide {
  /** The same for the same items: what a cursor is bound to. */
  readonly state: readonly [dataset: GlobalId, ref: string | null, print: string | null];
  /** Read when it is asked for, unless it is known. Null where the dataset has no versions. */
  version(): Promise<DatasetVersion | null>;
}

export interface DatasetDiff {
  readonly base: DatasetSide;
  readonly head: DatasetSide;
  readonly entries: readonly DiffEntry[];
  readonly counts: Readonly<Record<DiffKind, number>>;
  readonly unchangedCount: number;
}

/** A version that was named, not read yet. */
interface NamedVersion {
  readonly side: SideName;
  readonly dataset: ResourceKey<'DATASET'>;
  readonly ref: string | undefined;
  readonly stream: (ref: string | undefined) => ListStream<DatasetItem>;
}

/** Throws for what cannot be compared, before anything is asked of a vendor. */
function readInput(context: Context, side: SideName, input: DatasetVersionInput): NamedVersion {
  const dataset = parseIdOf('DATASET', input.datasetId, [side, 'datasetId']);
  const ref = input.versionRef ?? undefined;
  if (ref !== undefined) readText(ref, [side, 'versionRef']);
  const datasets = partOf(context, dataset, 'datasets', (source) => source.datasets);
  const stream = (of: string | undefined) => datasets.listItems(dataset, of);
  // A vendor without versions says so now.
  if (ref !== undefined) stream(ref);
  return { side, dataset, ref, stream };
}

/** Which version is meant where none is named: what a plain read gives, held fast while it is read. */
async function plainVersion(
  context: Context,
  key: ResourceKey<'DATASET'>,
): Promise<DatasetVersion | undefined> {
  const dataset = found(await context.loaders.dataset.load(key), key);
  return (await currentVersion(context, dataset)) ?? (await latestVersion(context, dataset)) ?? undefined;
}

/** A state that has no ref is the items that are in it. */
function stateOf(
  { id }: ResourceKey,
  ref: string | undefined,
  items: readonly PrintedItem[],
): DatasetSide['state'] {
  if (ref !== undefined) return [id, ref, null];
  const text = items.map(({ item, print }) => `${item.id} ${print}`).join('\n');
  return [id, null, hash('sha256', text, 'base64url')];
}

interface ReadSide {
  readonly side: DatasetSide;
  readonly items: readonly PrintedItem[];
}

async function readSide(context: Context, named: NamedVersion, reading: ReadingOfDiff): Promise<ReadSide> {
  const { side, dataset, ref: given, stream } = named;
  const plain = given === undefined ? await plainVersion(context, dataset) : undefined;
  const ref = given ?? plain?.ref;
  const items = await readItems(stream(ref), slotOf(context, dataset).vendor, side, reading);
  const version = async (): Promise<DatasetVersion | null> =>
    given === undefined ? (plain ?? null) : tellingSide(side, () => datasetVersion(context, dataset, given));
  return { side: { state: stateOf(dataset, ref, items), version }, items };
}

/** Compares the items of two versions, of one dataset or of two, of any vendors. */
export async function diffDatasets(
  context: Context,
  input: { readonly base: DatasetVersionInput; readonly head: DatasetVersionInput },
): Promise<DatasetDiff> {
  const named = [readInput(context, 'base', input.base), readInput(context, 'head', input.head)] as const;
  const reading: ReadingOfDiff = { characters: 0, hasFailed: false };
  const read = async (version: NamedVersion): Promise<ReadSide> => {
    try {
      return await tellingSide(version.side, () => readSide(context, version, reading));
    } catch (error) {
      reading.hasFailed = true;
      throw error;
    }
  };
  const [base, head] = await Promise.all([read(named[0]), read(named[1])]);
  const { entries, unchangedCount } = compareItems(base.items, head.items);
  const counts = { ADDED: 0, REMOVED: 0, CHANGED: 0 } satisfies Record<DiffKind, number>;
  for (const { kind } of entries) counts[kind] += 1;
  return { base: base.side, head: head.side, entries, counts, unchangedCount };
}

/** Where an item that was changed differs, as JSON pointers; nothing for one that was added or removed. */
export function changedPaths(entry: DiffEntry): readonly string[] {
  return entry.kind === 'CHANGED' ? pointersOf(contentOf(entry.before), contentOf(entry.after)) : [];
}
