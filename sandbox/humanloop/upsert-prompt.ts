import { canonicalJson, fingerprint } from './canonical-json.ts';
import type { PromptFile, PromptVersion } from './file.ts';
import { PromptKernel, type PromptRequest } from './prompt-request.ts';
import { saveVersion } from './save-version.ts';
import { notFound } from './vendor-error.ts';
import { fileToWrite, type WriteContext } from './write-context.ts';

/** The settings alone, without the request's other fields; absent and null are the same thing. */
function kernelOf(request: PromptRequest): PromptKernel {
  const present = Object.entries(request).filter(
    ([name, value]) => name in PromptKernel.shape && value !== null && value !== undefined,
  );
  // A request is a kernel and more; the more is gone, and so are settings that were null, each optional.
  return Object.fromEntries(present) as PromptKernel;
}

/** Creates a prompt, or adds a version to one. The version is what its template and settings are. */
export function upsertPrompt(
  context: WriteContext,
  request: PromptRequest,
): { file: PromptFile; version: PromptVersion } {
  const { tenant, user, now } = context;
  const { file, add } = fileToWrite(context, tenant.prompts, 'pr', request);
  const content = kernelOf(request);
  for (const id of content.linked_tools ?? [])
    if (!tenant.tools.some((tool) => tool.id === id)) throw notFound(`Tool ${id}`);
  const version = saveVersion(tenant, file, {
    content,
    contentKey: fingerprint(canonicalJson(content)),
    versionPrefix: 'prv',
    name: request.version_name,
    description: request.version_description,
    user,
    now,
  });
  // Fields of the file, not of the version. Assumption: left out or null leaves them as they are.
  file.description = request.description ?? file.description;
  file.readme = request.readme ?? file.readme;
  file.tags = request.tags ?? file.tags;
  add?.();
  return { file, version };
}
