import { z } from 'zod';
import { DatadogFailure } from '../datadog-failure.ts';
import { ObjectBody, resource } from '../request-body.ts';
import type { PromptVersionWish } from '../state/new-prompt.ts';
import type { DatadogSwitches } from '../switches.ts';

const Labels = z.array(z.enum(['production', 'development']));
const Message = z.object({ role: z.string(), content: z.string() });
const VersionAttributes = {
  template: z.union([z.string(), z.array(Message), z.object({ messages: z.array(z.unknown()) })]),
  description: z.string().optional(),
  user_version: z.string().optional(),
  labels: Labels.optional(),
  config: ObjectBody.optional(),
  env_ids: z.array(z.string()).optional(),
};

/** Datadog spec, `LLMObsCreatePromptRequest`. */
export const CreatedPrompt = resource(
  'prompt-templates',
  z.object({ prompt_id: z.string().min(1), title: z.string().optional(), ...VersionAttributes }),
);

/** Datadog spec, `LLMObsUpdatePromptRequest`: no other members. */
export const UpdatedPrompt = resource(
  'prompt-templates',
  z.strictObject({ title: z.string().optional(), description: z.string().optional() }),
);

/** Datadog spec, `LLMObsCreatePromptVersionRequest`. */
export const CreatedPromptVersion = resource('prompt-template-versions', z.object(VersionAttributes));

/** Datadog spec, `LLMObsUpdatePromptVersionRequest`: at least one of the three. */
export const UpdatedPromptVersion = resource(
  'prompt-template-versions',
  z
    .strictObject({
      description: z.string().optional(),
      labels: Labels.optional(),
      env_ids: z.array(z.string()).optional(),
    })
    .refine((attributes) => Object.values(attributes).some((value) => value !== undefined), {
      message: 'at least one of description, labels and env_ids is required',
    }),
);

/**
 * The version that the body asks for. Composition is by invitation (spec), and the sandbox's organisations have
 * none: an authored object is a 400, while inline references in a text stay text.
 */
export function versionWish(
  attributes: z.infer<typeof CreatedPromptVersion>['data']['attributes'],
  switches: DatadogSwitches,
): PromptVersionWish {
  const { template } = attributes;
  if (typeof template !== 'string' && !Array.isArray(template)) {
    throw new DatadogFailure(400, 'prompt composition is not enabled for this organization', {
      pointer: '/data/attributes/template',
    });
  }
  if (attributes.config !== undefined && !switches.promptConfiguration) {
    throw new DatadogFailure(403, 'prompt configuration is not enabled for this organization', {
      pointer: '/data/attributes/config',
    });
  }
  return {
    template,
    userVersion: attributes.user_version,
    description: attributes.description,
    labels: attributes.labels,
    config: attributes.config,
    environmentIds: attributes.env_ids,
  };
}
