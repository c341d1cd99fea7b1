import { randomUUID } from 'node:crypto';
import { bare, invalid, notFound } from './api-error.ts';
import { type Answer, type Call, created, ok, type Route } from './call.ts';
import {
  nullFailure,
  parseUuid,
  readBoolean,
  readChoice,
  readInteger,
  readText,
  required,
} from './fields.ts';
import { booleanFilter, choiceFilter, contains, ordered, sortedBy, textFilter } from './filters.ts';
import { page } from './page.ts';
import type { JsonObject, ScoreDefinition, ScoreDefinitionVersion, ScoreKind } from './records.ts';
import { gated } from './reviews-feature.ts';
import { readScoreConfig } from './score-config.ts';
import { renderUser } from './users.ts';

const kinds: readonly ScoreKind[] = ['categorical', 'numeric', 'boolean'];
const maximumName = 255;

export function currentVersion({ versions }: ScoreDefinition): ScoreDefinitionVersion {
  return versions.at(-1) ?? versions[0];
}

function render(call: Call, definition: ScoreDefinition): object {
  const current = currentVersion(definition);
  return {
    id: definition.id,
    name: definition.name,
    description: definition.description,
    kind: definition.kind,
    archived: definition.archived,
    current_version: current.version,
    ...(call.switches.laterScorers ? { current_version_id: current.id } : {}),
    config: current.config,
    created_by: renderUser(definition.createdBy),
    created_at: definition.createdAt,
    updated_at: definition.updatedAt,
    team: call.project.id,
  };
}

function find(call: Call): ScoreDefinition {
  const id = parseUuid(call.param('id'));
  const definition = call.project.definitions.find((one) => one.id === id);
  if (definition === undefined) throw notFound();
  return definition;
}

function list(call: Call): Answer {
  const search = textFilter(call, 'search') ?? '';
  const kind = choiceFilter(call, 'kind', kinds);
  const archived = booleanFilter(call, 'archived') ?? (call.switches.laterScorers ? false : undefined);
  const rows = call.project.definitions.filter(
    (one) =>
      (kind === undefined || one.kind === kind) &&
      (archived === undefined || one.archived === archived) &&
      (contains(one.name, search) || contains(one.description, search)),
  );
  const byName = sortedBy(
    sortedBy(rows, ({ id }) => id),
    ({ name }) => name,
  );
  const sorted = ordered(call, byName, {
    name: (one) => one.name,
    kind: (one) => one.kind,
    created_at: (one) => one.createdAt,
    updated_at: (one) => one.updatedAt,
    current_version: (one) => currentVersion(one).version,
  });
  return page(call, sorted, (one) => render(call, one));
}

function readName(fields: JsonObject): string | null | undefined {
  return readText(fields, 'name', { maxLength: maximumName });
}

function create(call: Call): Answer {
  const fields = call.fields();
  const name = required(readName(fields), 'name');
  const description = readText(fields, 'description', { allowBlank: true }) ?? '';
  const kind = required(readChoice(fields, 'kind', kinds), 'kind');
  const archived = readBoolean(fields, 'archived');
  const config = readScoreConfig(fields, kind);
  if (archived === true) throw invalid('archived', 'New scorers must be created as active.');
  const definition: ScoreDefinition = {
    id: randomUUID(),
    name,
    description,
    kind,
    archived: false,
    versions: [{ id: randomUUID(), version: 1, config }],
    createdBy: call.user,
    createdAt: call.state.clock.now(),
    updatedAt: call.state.clock.now(),
  };
  call.project.definitions.push(definition);
  return created(render(call, definition));
}

function patch(call: Call): Answer {
  const definition = find(call);
  const fields = call.fields();
  const name = readName(fields);
  const description = readText(fields, 'description', { allowBlank: true });
  const archived = readBoolean(fields, 'archived');
  if (name === null || archived === null) throw nullFailure(name === null ? 'name' : 'archived');
  if (name !== undefined) definition.name = name;
  if (archived !== undefined) definition.archived = archived;
  if (description !== undefined) definition.description = description ?? '';
  const changes = [name, description, archived].some((one) => one !== undefined);
  if (changes) definition.updatedAt = call.state.clock.now();
  return ok(render(call, definition));
}

function newVersion(call: Call): Answer {
  const definition = find(call);
  const fields = call.fields();
  const config = readScoreConfig(fields, definition.kind);
  const current = currentVersion(definition);
  if (call.switches.laterScorers) {
    const base = readInteger(fields, 'base_version', { minimum: 1 });
    if (typeof base === 'number' && base !== current.version) {
      throw bare(409, { detail: 'The scorer has a newer version.', current_version: current.version });
    }
  }
  definition.versions.push({ id: randomUUID(), version: current.version + 1, config });
  definition.updatedAt = call.state.clock.now();
  return ok(render(call, definition));
}

const path = '/llm_analytics/score_definitions';
const read = 'llm_analytics:read';
const write = 'llm_analytics:write';

/** Scorers are archived, never deleted, and their kind and old configs never change. */
export const scoreDefinitionRoutes: readonly Route[] = [
  { method: 'GET', path, scope: read, handle: gated(list) },
  { method: 'POST', path, scope: write, handle: gated(create) },
  { method: 'GET', path: `${path}/:id`, scope: read, handle: gated((call) => ok(render(call, find(call)))) },
  { method: 'PATCH', path: `${path}/:id`, scope: write, handle: gated(patch) },
  { method: 'POST', path: `${path}/:id/new_version`, scope: write, handle: gated(newVersion) },
];
