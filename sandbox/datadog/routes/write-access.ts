import { DatadogFailure } from '../datadog-failure.ts';
import { datasetOf } from '../state/datadog-state.ts';
import type { Dataset } from '../state/model.ts';
import { type DatadogContext, type DatadogVendor, pathParameter, tenantOf } from '../vendor.ts';

/** The dataset that the path names. */
export function datasetOfPath(context: DatadogContext, vendor: DatadogVendor): Dataset {
  return datasetOf(
    tenantOf(context, vendor),
    pathParameter(context, 'project_id'),
    pathParameter(context, 'dataset_id'),
  );
}

/** Refuses a write to a dataset that somebody else has locked, where the switches say that a lock does that. */
export function refuseLocked(context: DatadogContext, vendor: DatadogVendor, dataset: Dataset): void {
  const holder = dataset.lock?.userId;
  if (!vendor.switches.lockBlocksWrites || holder === undefined) return;
  if (holder !== context.get('caller').user.id) {
    throw new DatadogFailure(403, 'dataset is locked for editing by another user');
  }
}

/** The dataset that the path names, if the caller may write to it. */
export function writableDatasetOfPath(context: DatadogContext, vendor: DatadogVendor): Dataset {
  const dataset = datasetOfPath(context, vendor);
  refuseLocked(context, vendor, dataset);
  return dataset;
}

/** Assumption: a `data.id` that is not the one of the path is a 400. */
export function refuseOtherId(dataset: Dataset, id: string): void {
  if (id !== dataset.id) {
    throw new DatadogFailure(400, 'data.id does not match the dataset of the path', { pointer: '/data/id' });
  }
}
