import { z } from 'zod';
import { ChatMessage, textOf } from './chat-message.ts';

/** What defines a version of a prompt: template and model settings. */
export const PromptKernel = z.object({
  model: z.string(),
  endpoint: z.enum(['complete', 'chat', 'edit']).nullish(),
  template: z.union([z.string(), z.array(ChatMessage)]).nullish(),
  template_language: z.enum(['default', 'jinja']).nullish(),
  provider: z
    .enum([
      'anthropic',
      'bedrock',
      'cohere',
      'deepseek',
      'google',
      'groq',
      'mock',
      'openai',
      'openai_azure',
      'replicate',
    ])
    .nullish(),
  max_tokens: z.number().int().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  other: z.record(z.string(), z.unknown()).nullish(),
  seed: z.number().int().nullish(),
  response_format: z
    .object({
      type: z.enum(['json_object', 'json_schema']),
      json_schema: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
  reasoning_effort: z.union([z.enum(['high', 'medium', 'low']), z.number().int()]).nullish(),
  tools: z
    .array(
      z.object({
        name: z.string(),
        description: z.string(),
        strict: z.boolean().nullish(),
        parameters: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .nullish(),
  /** Ids of the organisation's tools. */
  linked_tools: z.array(z.string()).nullish(),
  attributes: z.record(z.string(), z.unknown()).nullish(),
});
export type PromptKernel = z.infer<typeof PromptKernel>;

/** Body of `POST /prompts`: a kernel, which prompt, labels of the version, and fields of the file. */
export const PromptRequest = PromptKernel.extend({
  path: z.string().nullish(),
  id: z.string().nullish(),
  version_name: z.string().nullish(),
  version_description: z.string().nullish(),
  description: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  readme: z.string().nullish(),
});
export type PromptRequest = z.infer<typeof PromptRequest>;

/** Names of the template's `{{variables}}`, in order of appearance. */
export function templateVariables(template: PromptKernel['template']): string[] {
  const texts = typeof template === 'string' ? [template] : (template ?? []).map(textOf);
  const names = texts.flatMap((text) =>
    [...text.matchAll(/\{\{\s*([A-Za-z_]\w*)/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)];
}
