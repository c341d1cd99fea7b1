import { randomUUID } from 'node:crypto';
import { bare } from './api-error.ts';
import { type Answer, type Call, created, noContent, ok, type Route } from './call.ts';
import { readInteger, required } from './fields.ts';
import { checkLabelName } from './prompt-names.ts';
import { activeFamily } from './prompt-reads.ts';
import { renderLabel } from './prompt-render.ts';

/** Labels that a prompt may have (vendor facts). */
const maximumLabels = 50;

function labelNotFound(): Error {
  return bare(404, { detail: 'Label not found.' });
}

/** Points the label at a version: makes it (201) or moves it (200). */
function setLabel(call: Call): Answer {
  // Assumption: a bad name in the path is refused with attr null.
  const name = checkLabelName(call.param('label'), null);
  const number = required(readInteger(call.fields(), 'version', { minimum: 1 }), 'version');
  const family = activeFamily(call);
  const version = family.versions.find((row) => row.version === number);
  if (version === undefined) throw bare(404, { detail: 'Prompt not found.' });
  const existing = family.labels.get(name);
  if (existing !== undefined) {
    existing.version = version;
    existing.updatedAt = call.state.clock.now();
    return ok(renderLabel(family, existing));
  }
  if (family.labels.size >= maximumLabels) {
    throw bare(400, { detail: `A prompt may have ${maximumLabels} labels at most.` });
  }
  const at = call.state.clock.now();
  const label = { id: randomUUID(), name, version, createdBy: call.user, createdAt: at, updatedAt: at };
  family.labels.set(name, label);
  return created(renderLabel(family, label));
}

function removeLabel(call: Call): Answer {
  if (!activeFamily(call).labels.delete(call.param('label'))) throw labelNotFound();
  return noContent;
}

const path = '/llm_prompts/name/:name/labels/:label';
const exists: Route['exists'] = ({ labels }) => labels;

/** Later servers only. */
export const promptLabelRoutes: readonly Route[] = [
  { method: 'PUT', path, scope: 'llm_prompt:write', exists, handle: setLabel },
  { method: 'DELETE', path, scope: 'llm_prompt:write', exists, handle: removeLabel },
];
