import { isNotFound } from './batch.ts';
import type { PostHogClient, ResolveQuery } from './client.ts';
import type { ResolvedPrompt } from './schema.ts';

/** Only the answer's `prompt` is wanted, so as little of the history as can be asked for. */
export const noHistory = { limit: 1 } as const satisfies ResolveQuery;

/** A living prompt; undefined when there is none of this name. */
export async function resolvePrompt(
  client: PostHogClient,
  name: string | undefined,
  query: ResolveQuery,
): Promise<ResolvedPrompt | undefined> {
  if (name === undefined) return undefined;
  try {
    const resolved = await client.resolve(name, query);
    // Later servers let the UUID of a version stand for its prompt's name; an id here is of the name only.
    return resolved.prompt.name === name ? resolved : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
