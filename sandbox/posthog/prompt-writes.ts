import { bare, invalid, ValidationFailure } from './api-error.ts';
import { type Answer, type Call, created, noContent, ok, type Route } from './call.ts';
import { readElements } from './elements.ts';
import { asFields, isJsonObject, notNull, readInteger, readList, readText, required } from './fields.ts';
import { applyEdits, maximumPromptBytes, type PromptEdit } from './prompt-edits.ts';
import { readPromptName } from './prompt-names.ts';
import { activeFamily, refuseWhenWebOnly } from './prompt-reads.ts';
import { renderPrompt } from './prompt-render.ts';
import { archive, createFamily, latestOf, maximumPromptVersion, publish } from './prompt-store.ts';
import { compactSize } from './prompt-text.ts';
import type { JsonObject } from './records.ts';

const maximumDescription = 400;

function readPayload(fields: JsonObject): unknown {
  const payload = fields['prompt'];
  if (payload === undefined) return undefined;
  notNull(payload, 'prompt');
  if (compactSize(payload) > maximumPromptBytes) {
    throw new ValidationFailure(
      'prompt',
      'max_size',
      `Prompt payload must be ${maximumPromptBytes} bytes or fewer.`,
    );
  }
  return payload;
}

function readEdit(value: unknown): PromptEdit {
  const fields = asFields(value);
  // Both are trimmed and neither may be blank: an edit cannot delete text outright (vendor facts).
  return { old: required(readText(fields, 'old'), 'old'), new: required(readText(fields, 'new'), 'new') };
}

function readEdits(fields: JsonObject): readonly PromptEdit[] | undefined {
  const values = readList(fields, 'edits');
  if (values === undefined) return undefined;
  const edits = readElements('edits', notNull(values, 'edits'), 'by framework', readEdit);
  if (edits.length === 0) throw invalid('edits', 'At least one edit operation is required.');
  return edits;
}

/** Members of later servers; others ignore them as they do any unknown member. */
function readLater(
  call: Call,
  fields: JsonObject,
): { config?: JsonObject | null; description: string | null } {
  if (!call.switches.labels) return { description: null };
  const config = fields['config'];
  if (config !== undefined && config !== null && !isJsonObject(config)) {
    throw new ValidationFailure('config', 'invalid_config', 'Config must be a JSON object.');
  }
  const description = readText(fields, 'version_description', {
    maxLength: maximumDescription,
    allowBlank: true,
  });
  return { ...(config === undefined ? {} : { config }), description: description || null };
}

function create(call: Call): Answer {
  const fields = call.fields();
  const name = readPromptName(fields, 'name');
  const prompt = required(readPayload(fields), 'prompt');
  const { config = null, description } = readLater(call, fields);
  if (call.project.prompts.has(name)) {
    throw new ValidationFailure('name', 'unique', 'A prompt with this name already exists.');
  }
  const family = createFamily(call.state, call.project, call.user, name, { prompt, config, description });
  return created(renderPrompt(family, latestOf(family), call.switches));
}

/** The order of the checks is the vendor's (facts, section on publishing). */
function publishVersion(call: Call): Answer {
  refuseWhenWebOnly(call);
  const fields = call.fields();
  const payload = readPayload(fields);
  const edits = readEdits(fields);
  const { config, description } = readLater(call, fields);
  const baseVersion = required(readInteger(fields, 'base_version', { minimum: 1 }), 'base_version');
  if (payload !== undefined && edits !== undefined) {
    throw invalid(null, "Provide either 'prompt' or 'edits', not both.");
  }
  if (payload === undefined && edits === undefined && config === undefined) {
    throw invalid(null, "Either 'prompt' or 'edits' is required.");
  }
  const family = activeFamily(call);
  const latest = latestOf(family);
  if (baseVersion !== latest.version) {
    const detail = 'The prompt has a newer version than the one this is based on.';
    throw bare(409, { detail, current_version: latest.version });
  }
  if (latest.version >= maximumPromptVersion) {
    throw bare(400, { detail: `A prompt may have ${maximumPromptVersion} versions at most.` });
  }
  const prompt = edits === undefined ? (payload ?? latest.prompt) : applyEdits(latest.prompt, edits);
  const content = { prompt, config: config === undefined ? latest.config : config, description };
  return ok(renderPrompt(family, publish(call.state, family, call.user, content), call.switches));
}

function archiveFamily(call: Call): Answer {
  refuseWhenWebOnly(call);
  archive(call.project, activeFamily(call));
  return noContent;
}

function duplicate(call: Call): Answer {
  const name = readPromptName(call.fields(), 'new_name');
  const source = latestOf(activeFamily(call));
  // Assumption: the refusal of a taken name is built by hand, as the other answers of this service are.
  if (call.project.prompts.has(name)) throw bare(400, { detail: `A prompt named '${name}' already exists.` });
  const content = { prompt: source.prompt, config: source.config, description: null };
  const family = createFamily(call.state, call.project, call.user, name, content);
  return created(renderPrompt(family, latestOf(family), call.switches));
}

export const promptWriteRoutes: readonly Route[] = [
  { method: 'POST', path: '/llm_prompts', scope: 'llm_prompt:write', handle: create },
  {
    method: 'PATCH',
    path: '/llm_prompts/name/:name',
    scope: 'llm_prompt:write',
    throttle: 'publish',
    handle: publishVersion,
  },
  {
    method: 'POST',
    path: '/llm_prompts/name/:name/archive',
    scope: 'llm_prompt:write',
    handle: archiveFamily,
  },
  { method: 'POST', path: '/llm_prompts/name/:name/duplicate', scope: 'llm_prompt:write', handle: duplicate },
];
