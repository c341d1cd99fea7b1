import { answer } from '../answer.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { formatInstant } from '../instant.ts';
import { newestFirst } from '../newest-first.ts';
import { readBody } from '../request-body.ts';
import { promptShape, selectedPromptShape } from '../shapes/prompt-shape.ts';
import type { Prompt, PromptVersion, Tenant } from '../state/model.ts';
import { addPromptVersion, createPrompt } from '../state/new-prompt.ts';
import { type DatadogApp, type DatadogVendor, pathParameter, tenantOf } from '../vendor.ts';
import { CreatedPrompt, UpdatedPrompt, versionWish } from './prompt-bodies.ts';

/** The registered prompt of that id, or a 404; one that was only found in code is none. */
export function registeredPrompt(tenant: Tenant, promptId: string): Prompt {
  const prompt = tenant.prompts.get(promptId);
  if (!prompt?.inRegistry) throw new DatadogFailure(404, 'prompt not found');
  return prompt;
}

/**
 * Datadog spec: the newest version without a label; with one, the version that has it, but the newest when no
 * version has any label at all.
 */
function selectVersion(prompt: Prompt, label: string | undefined): PromptVersion {
  const labelled = prompt.versions.some(({ labels }) => labels.length > 0);
  const version =
    label === undefined || !labelled
      ? prompt.versions.at(-1)
      : prompt.versions.find(({ labels }) => labels.includes(label));
  if (version === undefined) throw new DatadogFailure(404, 'no version of the prompt has this label');
  return version;
}

/** The prompt registry of the organisation. */
export function addPromptRoutes(app: DatadogApp, vendor: DatadogVendor): void {
  const { state, switches } = vendor;
  const path = '/api/v2/llm-obs/v1/prompts';

  // The order is not documented; assumption: newest first, like every other list. There is no paging.
  app.get(path, (context) => {
    const wanted = context.req.query('filter[prompt_id]');
    const prompts = newestFirst(tenantOf(context, vendor).prompts.values());
    const kept = prompts.filter(({ promptId }) => wanted === undefined || promptId === wanted);
    return answer(context, switches.dialect, { data: kept.map(promptShape) });
  });

  // Assumption: the id of a deleted prompt is free again, and one found in code may be registered.
  app.post(path, async (context) => {
    const { prompts } = tenantOf(context, vendor);
    const { attributes } = (await readBody(context, CreatedPrompt)).data;
    if (prompts.get(attributes.prompt_id)?.inRegistry) {
      throw new DatadogFailure(409, `prompt already exists: ${attributes.prompt_id}`);
    }
    const wish = versionWish({ ...attributes, description: undefined }, switches);
    const author = context.get('caller').user.id;
    const { prompt_id: promptId, title, description } = attributes;
    const prompt = createPrompt({ promptId, title, description, createdFrom: 'sdk-registry' }, author, state);
    addPromptVersion(prompt, wish, author, state);
    prompts.set(prompt.promptId, prompt);
    return answer(context, switches.dialect, { data: promptShape(prompt) });
  });

  app.get(`${path}/:prompt_id`, (context) => {
    const prompt = registeredPrompt(tenantOf(context, vendor), pathParameter(context, 'prompt_id'));
    const version = selectVersion(prompt, context.req.query('label'));
    const data = selectedPromptShape(prompt, version, switches.promptConfiguration);
    return answer(context, switches.dialect, { data });
  });

  app.patch(`${path}/:prompt_id`, async (context) => {
    const prompt = registeredPrompt(tenantOf(context, vendor), pathParameter(context, 'prompt_id'));
    const { title, description } = (await readBody(context, UpdatedPrompt)).data.attributes;
    prompt.title = title ?? prompt.title;
    prompt.description = description ?? prompt.description;
    return answer(context, switches.dialect, { data: promptShape(prompt) });
  });

  app.delete(`${path}/:prompt_id`, (context) => {
    const tenant = tenantOf(context, vendor);
    const prompt = registeredPrompt(tenant, pathParameter(context, 'prompt_id'));
    tenant.prompts.delete(prompt.promptId);
    const attributes = { prompt_id: prompt.promptId, deleted_at: formatInstant(state.clock.next()) };
    return answer(context, switches.dialect, {
      data: { id: prompt.id, type: 'prompt-templates', attributes },
    });
  });
}
