import { type JsonObject, presentFile, type View } from './present-file.ts';
import { PromptKernel, templateVariables } from './prompt-request.ts';
import type { Tenant, Tool } from './tenant.ts';

function presentLinkedTool({ id, versionId, name, description, parameters }: Tool): JsonObject {
  return { id, version_id: versionId, name, description, strict: null, parameters };
}

function linkedTools(tenant: Tenant, ids: readonly string[]): JsonObject[] {
  return tenant.tools.filter(({ id }) => ids.includes(id)).map(presentLinkedTool);
}

/** Every setting that a kernel has, null where the version leaves it out. */
function presentKernel(kernel: PromptKernel): JsonObject {
  const settings = Object.keys(PromptKernel.shape).map((name) => [name, null]);
  return { ...Object.fromEntries(settings), ...kernel };
}

/** A prompt at one version. The sandbox has no evaluators, so that aggregates are empty when asked for. */
export function presentPrompt(view: View<PromptKernel>, withAggregates: boolean): JsonObject {
  const { content, logsCount } = view.version;
  return {
    ...presentFile(view),
    ...presentKernel(content),
    type: 'prompt',
    linked_tools: linkedTools(view.tenant, content.linked_tools ?? []),
    version_logs_count: logsCount,
    total_logs_count: view.file.versions.reduce((total, version) => total + version.logsCount, 0),
    inputs: templateVariables(content.template).map((name) => ({ name })),
    evaluators: [],
    evaluator_aggregates: withAggregates ? [] : null,
  };
}
