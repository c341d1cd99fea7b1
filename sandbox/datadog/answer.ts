import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { DatadogSwitches, Dialect } from './switches.ts';
import type { DatadogContext } from './vendor.ts';

/**
 * Answers JSON. Recorded: `application/vnd.api+json` for LLM Observability, `application/json` for Model Lab; the
 * spec says the latter for both.
 */
export function answer(
  context: DatadogContext,
  dialect: Dialect,
  body: unknown,
  status: ContentfulStatusCode = 200,
): Response {
  const recorded = dialect === 'recorded' && !context.req.path.startsWith('/api/v2/model-lab-api');
  return context.body(JSON.stringify(body), status, {
    'content-type': recorded ? 'application/vnd.api+json' : 'application/json',
  });
}

/** The `meta` member of a cursor-paged list. */
export function cursorMeta(
  after: string | undefined,
  switches: DatadogSwitches,
): { meta?: { after: string | null } } {
  if (after !== undefined) return { meta: { after } };
  const end = switches.endOfList;
  if (end === 'absent') return {};
  if (end === 'as-dialect') return { meta: { after: switches.dialect === 'recorded' ? '' : null } };
  return { meta: { after: end === 'null' ? null : '' } };
}

/** Members that may have no value: null by the spec, left out as recorded. */
export function nullable<T extends object>(dialect: Dialect, members: T): { [K in keyof T]?: T[K] | null } {
  const filled: { [K in keyof T]?: T[K] | null } = {};
  for (const key in members) {
    if (members[key] !== undefined) filled[key] = members[key];
    else if (dialect === 'spec') filled[key] = null;
  }
  return filled;
}
