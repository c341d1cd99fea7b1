import type { Datapoint } from './datapoint.ts';
import type { DatasetContent } from './file.ts';
import { type JsonObject, presentFile, type View } from './present-file.ts';

export function presentDatapoint({ id, inputs, messages, target }: Datapoint): JsonObject {
  return { id, inputs, messages, target };
}

/** A dataset at one version; its datapoints only where they were asked for. */
export function presentDataset(view: View<DatasetContent>, withDatapoints: boolean): JsonObject {
  const { datapoints, attributes } = view.version.content;
  return {
    ...presentFile(view),
    type: 'dataset',
    datapoints_count: datapoints.length,
    datapoints: withDatapoints ? datapoints.map(presentDatapoint) : null,
    attributes,
  };
}
