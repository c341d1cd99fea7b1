import { answer } from '../answer.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { readBody } from '../request-body.ts';
import { promptVersionHeader, promptVersionShape } from '../shapes/prompt-shape.ts';
import type { Prompt, PromptVersion } from '../state/model.ts';
import { addPromptVersion, setLabels } from '../state/new-prompt.ts';
import {
  type DatadogApp,
  type DatadogContext,
  type DatadogVendor,
  pathParameter,
  tenantOf,
} from '../vendor.ts';
import { CreatedPromptVersion, UpdatedPromptVersion, versionWish } from './prompt-bodies.ts';
import { registeredPrompt } from './prompts.ts';

function versionOfPath(
  context: DatadogContext,
  vendor: DatadogVendor,
): { prompt: Prompt; version: PromptVersion } {
  const number = pathParameter(context, 'version');
  if (!/^[1-9]\d*$/.test(number)) {
    throw new DatadogFailure(400, 'version must be a positive whole number');
  }
  const prompt = registeredPrompt(tenantOf(context, vendor), pathParameter(context, 'prompt_id'));
  const version = prompt.versions[Number(number) - 1];
  if (version === undefined) throw new DatadogFailure(404, 'prompt version not found');
  return { prompt, version };
}

/** The versions of a prompt. */
export function addPromptVersionRoutes(app: DatadogApp, vendor: DatadogVendor): void {
  const { state, switches } = vendor;
  const path = '/api/v2/llm-obs/v1/prompts/:prompt_id/versions';

  // Newest first, not paged, and empty, not 404, for a prompt that is not there (spec).
  app.get(path, (context) => {
    const prompt = tenantOf(context, vendor).prompts.get(pathParameter(context, 'prompt_id'));
    const data = prompt?.versions.toReversed().map((version) => promptVersionHeader(prompt, version));
    return answer(context, switches.dialect, { data: data ?? [] });
  });

  app.post(path, async (context) => {
    const prompt = registeredPrompt(tenantOf(context, vendor), pathParameter(context, 'prompt_id'));
    const wish = versionWish((await readBody(context, CreatedPromptVersion)).data.attributes, switches);
    const version = addPromptVersion(prompt, wish, context.get('caller').user.id, state);
    const data = promptVersionShape(prompt, version, switches.promptConfiguration);
    return answer(context, switches.dialect, { data });
  });

  app.get(`${path}/:version`, (context) => {
    const { prompt, version } = versionOfPath(context, vendor);
    const data = promptVersionShape(prompt, version, switches.promptConfiguration);
    return answer(context, switches.dialect, { data });
  });

  app.patch(`${path}/:version`, async (context) => {
    const { prompt, version } = versionOfPath(context, vendor);
    const { description, labels, env_ids } = (await readBody(context, UpdatedPromptVersion)).data.attributes;
    version.description = description ?? version.description;
    version.environmentIds = env_ids ?? version.environmentIds;
    if (labels !== undefined) setLabels(prompt, version, labels);
    const data = promptVersionShape(prompt, version, switches.promptConfiguration);
    return answer(context, switches.dialect, { data });
  });
}
