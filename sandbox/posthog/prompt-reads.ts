import { bare, invalid } from './api-error.ts';
import { type Answer, type Call, ok, type Route } from './call.ts';
import { readChoice, readInteger, readText, readUuid } from './fields.ts';
import { contains, sortedBy } from './filters.ts';
import { page } from './page.ts';
import { readLabelName } from './prompt-names.ts';
import {
  type ContentMode,
  contentModes,
  renderLabel,
  renderListItem,
  renderPrompt,
  renderPublicPrompt,
  renderVersionSummary,
} from './prompt-render.ts';
import { latestOf } from './prompt-store.ts';
import { listedSize, promptAsText } from './prompt-text.ts';
import type { JsonObject, PromptFamily, PromptVersion } from './records.ts';

interface Listed {
  readonly family: PromptFamily;
  readonly row: PromptVersion;
}

const orderings: Readonly<Record<string, (listed: Listed) => string | number>> = {
  name: ({ family }) => family.name,
  created_at: ({ row }) => row.createdAt,
  updated_at: ({ row }) => row.updatedAt,
  version: ({ row }) => row.version,
  latest_version: ({ family }) => family.versions.length,
  version_count: ({ family }) => family.versions.length,
  first_version_created_at: ({ family }) => family.versions[0]?.createdAt ?? '',
  prompt_size_bytes: ({ row }) => listedSize(row.prompt),
};

const versionsAPage = 50;
const maximumVersionsAPage = 100;

/** Query members, without the empty ones: the framework takes those as not sent. */
function queryFields(call: Call): JsonObject {
  return Object.fromEntries(Object.entries(call.query).filter(([, value]) => value.trim() !== ''));
}

function contentMode(query: JsonObject): ContentMode {
  return readChoice(query, 'content', contentModes) ?? 'full';
}

/** A bare body, without type, code or attr (vendor facts). */
function promptNotFound(): Error {
  return bare(404, { detail: 'Prompt not found.' });
}

export function activeFamily(call: Call): PromptFamily {
  const family = call.project.prompts.get(call.param('name'));
  if (family === undefined) throw promptNotFound();
  return family;
}

/** Early 2026 servers let only sessions of the web pages do some things: a bare 403 for keys (vendor facts). */
export function refuseWhenWebOnly(call: Call): void {
  if (call.switches.promptWritesWebOnly) {
    throw bare(403, { detail: 'This endpoint is only available to web sessions.' });
  }
}

function listedFamilies(call: Call, label: string | undefined): Listed[] {
  return [...call.project.prompts.values()].flatMap((family) => {
    if (label === undefined) return [{ family, row: latestOf(family) }];
    const labelled = family.labels.get(label);
    return labelled === undefined ? [] : [{ family, row: labelled.version }];
  });
}

function list(call: Call): Answer {
  const query = queryFields(call);
  const label = call.switches.labels ? readLabelName(query) : undefined;
  const search = readText(query, 'search') ?? '';
  const author = readInteger(query, 'created_by_id');
  const asked = String(query['order_by'] ?? '-created_at');
  const name = asked.replace(/^-/, '');
  const known = Object.hasOwn(orderings, name) ? orderings[name] : undefined;
  // An unknown value is ignored at baseline and refused by later servers (vendor facts).
  if (known === undefined && call.switches.labels) readChoice(query, 'order_by', Object.keys(orderings));
  const mode = contentMode(query);
  const rows = listedFamilies(call, label).filter(
    ({ family, row }) =>
      (author === undefined || row.createdBy.id === author) &&
      (contains(family.name, search) || contains(promptAsText(row.prompt), search)),
  );
  const newestFirst = sortedBy(rows, ({ row }) => row.createdAt, true);
  const sorted = known === undefined ? newestFirst : sortedBy(newestFirst, known, asked.startsWith('-'));
  return page(call, sorted, ({ family, row }) => renderListItem(family, row, mode, call.switches));
}

/** What a by-name read finds: a stale cache misses the newest publish. */
function publicVersion(call: Call, family: PromptFamily, query: JsonObject): PromptVersion | undefined {
  const version = readInteger(query, 'version', { minimum: 1 });
  if (call.switches.labels) {
    const label = readLabelName(query);
    if (label !== undefined && version !== undefined) {
      throw invalid(null, 'Use either version or label, not both.');
    }
    if (label !== undefined) return family.labels.get(label)?.version;
  }
  if (version !== undefined) return family.versions.find((row) => row.version === version);
  return family.versions[seenCount(call, family) - 1];
}

function seenCount(call: Call, family: PromptFamily): number {
  const cached = call.switches.staleByName ? family.cachedCount : undefined;
  return cached ?? family.versions.length;
}

function getByName(call: Call): Answer {
  const query = queryFields(call);
  readInteger(query, 'version', { minimum: 1 });
  const mode = contentMode(query);
  const family = activeFamily(call);
  const row = publicVersion(call, family, query);
  if (row === undefined) throw promptNotFound();
  call.project.promptFetches.push(family.name);
  const count = Math.max(row.version, seenCount(call, family));
  const label = call.switches.labels ? readLabelName(query) : undefined;
  const rendered = renderPublicPrompt(family, row, mode, call.switches, count);
  return ok(label === undefined ? rendered : { ...rendered, label });
}

function resolve(call: Call): Answer {
  refuseWhenWebOnly(call);
  const query = queryFields(call);
  const version = readInteger(query, 'version', { minimum: 1 });
  const versionId = readUuid(query, 'version_id');
  const offset = readInteger(query, 'offset', { minimum: 0 });
  const before = readInteger(query, 'before_version', { minimum: 1 });
  const limit = readInteger(query, 'limit', { minimum: 1, maximum: maximumVersionsAPage }) ?? versionsAPage;
  if (offset !== undefined && before !== undefined) {
    throw invalid(null, 'Use either offset or before_version, not both.');
  }
  const family = activeFamily(call);
  const wanted =
    version === undefined && versionId === undefined
      ? latestOf(family)
      : family.versions.find(
          (row) =>
            (version === undefined || row.version === version) &&
            (versionId === undefined || row.id === versionId),
        );
  if (wanted === undefined) throw promptNotFound();
  const history = family.versions
    .toReversed()
    .filter((row) => before === undefined || before === null || row.version < before)
    .slice(offset ?? 0);
  return ok({
    prompt: renderPrompt(family, wanted, call.switches),
    versions: history.slice(0, limit).map((row) => renderVersionSummary(family, row, call.switches)),
    has_more: history.length > limit,
    ...(call.switches.labels
      ? { labels: [...family.labels.values()].map((label) => renderLabel(family, label)) }
      : {}),
  });
}

export const promptReadRoutes: readonly Route[] = [
  { method: 'GET', path: '/llm_prompts', scope: 'llm_prompt:read', handle: list },
  { method: 'GET', path: '/llm_prompts/name/:name', scope: 'llm_prompt:read', handle: getByName },
  { method: 'GET', path: '/llm_prompts/resolve/name/:name', scope: 'llm_prompt:read', handle: resolve },
];
