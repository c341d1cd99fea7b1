import { z } from 'zod';
import { changeOrigins, type LoggedChange, versionActions } from '../domain/change.ts';
import { draftLockKinds } from '../domain/dataset.ts';
import { type GlobalId, type IdKind, parseId, parseIdOf, type ResourceKey } from '../domain/identity.ts';
import { type Instant, parseInstant } from '../domain/instant.ts';
import type { Json } from '../domain/json.ts';
import { sourceStatuses } from '../domain/source-status.ts';
import { sourceKey, vendors } from '../domain/vendor.ts';
import type { WatchedState } from '../domain/watched-state.ts';

/*
 * What instances write for one another, as JSON. It is parsed like anything that comes over a wire: another instance may
 * be of another version. Resources are written as their ids.
 */

function keySchema<Kind extends IdKind>(kind: Kind) {
  return z.string().transform((id, context): ResourceKey<Kind> => {
    try {
      return parseIdOf(kind, id, []);
    } catch {
      context.addIssue({ code: 'custom', message: 'is no such id' });
      return z.NEVER;
    }
  });
}

const GlobalIdText = z.string().transform((id, context): GlobalId => {
  try {
    return parseId(id, []).id;
  } catch {
    context.addIssue({ code: 'custom', message: 'is no id' });
    return z.NEVER;
  }
});

const InstantText = z.string().transform((text, context): Instant => {
  const instant = parseInstant(text);
  if (instant !== undefined) return instant;
  context.addIssue({ code: 'custom', message: 'is no instant' });
  return z.NEVER;
});

const text = z.string().nullable();

const Lock = z
  .object({
    holder: z.object({
      vendorId: text,
      name: text,
      email: text,
      handle: text,
      iconUrl: text,
      // What JSON.parse gives is JSON.
      details: z.unknown().transform((value) => (value ?? null) as Json),
    }),
    since: InstantText.nullable(),
    heldByCaller: z.boolean().nullable(),
    kind: z.enum(draftLockKinds),
  })
  .nullable();

const Environment = z.object({ id: GlobalIdText, name: z.string() }).nullable();
const origin = z.enum(changeOrigins);
const versionParts = {
  origin,
  action: z.enum(versionActions),
  previousRef: text,
  versionRef: text,
  environment: Environment,
};

const Change = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('DRAFT_LOCK'),
    origin,
    dataset: keySchema('DATASET'),
    previous: Lock,
    current: Lock,
  }),
  z.object({ kind: z.literal('DATASET_VERSION'), resource: keySchema('DATASET'), ...versionParts }),
  z.object({ kind: z.literal('PROMPT_VERSION'), resource: keySchema('PROMPT'), ...versionParts }),
  z.object({
    kind: z.literal('SOURCE_STATUS'),
    source: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/)
      .transform(sourceKey),
    vendor: z.enum(vendors),
    status: z.enum(sourceStatuses),
    statusReason: text,
  }),
]);

const State = z.union([
  z.strictObject({ lock: Lock }),
  z.strictObject({
    exists: z.boolean(),
    latest: z.object({ ref: z.string(), number: z.number().nullable() }).nullable(),
    versions: z
      .array(
        z.object({
          ref: z.string(),
          number: z.number().nullable(),
          name: text,
          description: text,
          labels: z.array(z.string()).nullable(),
        }),
      )
      .optional()
      .transform((versions) => versions),
    complete: z.boolean(),
    deployments: z
      .array(z.object({ environmentId: GlobalIdText, environmentName: z.string(), ref: z.string() }))
      .optional()
      .transform((deployments) => deployments),
  }),
]);

function parsed<Value>(schema: z.ZodType<Value>, json: string): Value | undefined {
  try {
    return schema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

export function encodeChange(change: LoggedChange): string {
  switch (change.kind) {
    case 'DRAFT_LOCK':
      return JSON.stringify({ ...change, dataset: change.dataset.id });
    case 'SOURCE_STATUS':
      return JSON.stringify(change);
    default:
      return JSON.stringify({ ...change, resource: change.resource.id });
  }
}

/** Undefined for what this version does not know. */
export function decodeChange(json: string): LoggedChange | undefined {
  return parsed(Change, json);
}

export function encodeState(state: WatchedState): string {
  return JSON.stringify(state);
}

/** Undefined for what this version does not know. */
export function decodeState(json: string): WatchedState | undefined {
  const state = parsed(State, json);
  if (state === undefined || 'lock' in state) return state;
  // Members that a look did not tell are there, and undefined.
  return { ...state, versions: state.versions, deployments: state.deployments };
}
