import { z } from 'zod';
import { DatapointRequest } from './datapoint.ts';

/** Body of `POST /datasets`. */
export const DatasetRequest = z.object({
  path: z.string().nullish(),
  id: z.string().nullish(),
  datapoints: z.array(DatapointRequest),
  action: z.enum(['set', 'add', 'remove']).nullish(),
  attributes: z.record(z.string(), z.unknown()).nullish(),
  version_name: z.string().nullish(),
  version_description: z.string().nullish(),
});
export type DatasetRequest = z.infer<typeof DatasetRequest>;

/** Body of the PATCH on a file, of either kind. */
export const MoveRequest = z.object({ path: z.string().nullish(), name: z.string().nullish() });
export type MoveRequest = z.infer<typeof MoveRequest>;

/** Body of the PATCH on a version, of either kind. Answers call the same fields `version_name` and so on. */
export const LabelRequest = z.object({ name: z.string().nullish(), description: z.string().nullish() });
export type LabelRequest = z.infer<typeof LabelRequest>;
