import { isSameMoment } from '../../domain/instant.ts';
import type { GoodRow } from '../parsing.ts';
import type { DatadogClient } from './client.ts';
import { unlessNotFound } from './failures.ts';
import type { PromptRows } from './prompt-rows.ts';
import type { VendorPromptVersion, VendorPromptVersionHeader, VendorRows } from './schema.ts';

/** The spec lists them from newest to oldest; the number decides all the same. */
export function newestFirst(
  rows: VendorRows<VendorPromptVersionHeader>,
): readonly GoodRow<VendorPromptVersionHeader>[] {
  return rows.good.toSorted((left, right) => right.value.attributes.version - left.value.attributes.version);
}

export async function readVersion(
  client: DatadogClient,
  promptId: string,
  number: number,
): Promise<VendorPromptVersion | undefined> {
  return (await unlessNotFound(client.getPromptVersion(promptId, number)))?.data;
}

/**
 * The newest version with its content. A plain GET would give the content, but neither its number for sure
 * (`version` may be the user's own text) nor its author and date. The prompt's row counts its versions, which
 * are numbered one by one: the version of that number is read, and is the newest if its date is the one that
 * the row has for the last version. Otherwise the list of versions decides.
 */
export async function readNewestVersion(
  client: DatadogClient,
  rows: PromptRows,
  promptId: string,
): Promise<VendorPromptVersion | undefined> {
  const prompt = await rows.get(promptId);
  const count = prompt?.attributes.num_versions;
  if (prompt === undefined || count === 0) return undefined;
  const likely = count ? await readVersion(client, promptId, count) : undefined;
  const madeAt = likely?.attributes.version_created_at ?? likely?.attributes.created_at;
  const lastMadeAt = prompt.attributes.last_version_created_at;
  if (madeAt && lastMadeAt && isSameMoment(madeAt, lastMadeAt)) return likely;
  const [newest] = newestFirst(await client.listPromptVersions(promptId));
  const number = newest?.value.attributes.version;
  if (number === undefined || number === count) return likely;
  return readVersion(client, promptId, number);
}
