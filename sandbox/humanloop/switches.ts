import { z } from 'zod';

/** What can be changed while the sandbox runs: the answers that the vendor leaves undocumented, and dialects. */
export const HumanloopSwitches = z.object({
  /** Timestamps without a zone, as in some of the vendor's samples; otherwise they end in Z. */
  zonelessTimestamps: z.boolean(),
  /** A plain read of a file that has nothing on the default environment. */
  undeployedRead: z.enum(['404', 'latest']),
  /** Such a file in a list of files: at its newest version, or not at all. */
  undeployedInList: z.enum(['latest', 'omitted']),
  /** Deleting a version that is deployed. */
  deleteDeployedVersion: z.enum(['409', 'allowed']),
  /** Deleting the only version of a file. */
  deleteLastVersion: z.enum(['409', 'allowed']),
  /** A larger `size` is taken as this; the answer's `size` tells. */
  sizeCap: z.number().int().positive(),
  /** Answers to more than this many requests of one key in so many seconds are 429. */
  requestLimit: z.object({ requests: z.number().int().min(0), seconds: z.number().positive() }).nullable(),
  /** Whether a 429 carries `Retry-After`, in seconds. */
  retryAfter: z.boolean(),
  /** A missing or unknown key. The documentation lists no 403. */
  wrongKeyStatus: z.union([z.literal(401), z.literal(403)]),
  /** Whether attributes take part in what makes two versions of a dataset the same. */
  attributesInIdentity: z.boolean(),
  /** Whose `created_at`, `updated_at` and `created_by` an answer carries. */
  timesOf: z.enum(['version', 'file']),
  /** Order of the unpaged list of versions. */
  versionsOrder: z.enum(['newest-first', 'oldest-first']),
});
export type HumanloopSwitches = z.infer<typeof HumanloopSwitches>;

/** Assumptions throughout: the vendor publishes none of these. */
export function defaultSwitches(): HumanloopSwitches {
  return {
    zonelessTimestamps: false,
    undeployedRead: '404',
    undeployedInList: 'latest',
    deleteDeployedVersion: '409',
    deleteLastVersion: '409',
    sizeCap: 1000,
    requestLimit: null,
    retryAfter: true,
    wrongKeyStatus: 401,
    attributesInIdentity: true,
    timesOf: 'version',
    versionsOrder: 'newest-first',
  };
}
