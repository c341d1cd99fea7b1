import type { OutlineHeading, PromptVersion } from '../domain/prompt.ts';
import { costOfOwner, costOfOwnerFact } from '../resolvers/costs/things.ts';
import { free } from '../resolvers/costs/weight.ts';
import { promptVersionConfig, promptVersionContent, promptVersionIsLatest } from '../resolvers/prompts.ts';
import { ActorType } from './actor.ts';
import { builder } from './builder.ts';
import { connectionType } from './connection.ts';
import { costs } from './cost.ts';
import { DeploymentType } from './deployment.ts';
import { NodeInterface } from './interfaces.ts';
import { PromptContentUnion } from './prompt-content.ts';
import { PromptType } from './references.ts';

const OutlineHeadingType = builder.objectRef<OutlineHeading>('OutlineHeading').implement({
  description: 'A heading in a prompt that is written in Markdown.',
  fields: (t) => ({
    level: t.exposeInt('level', { nullable: false, description: '1 to 6.' }),
    text: t.exposeString('text', { nullable: false, description: 'What it says.' }),
  }),
});

export const PromptVersionType = builder.objectRef<PromptVersion>('PromptVersion').implement({
  description: 'One version of a prompt.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'The id in this API.' }),
    promptId: t.id({
      nullable: false,
      description: 'The prompt that it is a version of.',
      resolve: (version) => version.prompt.id,
    }),
    prompt: t.field({
      extensions: costs(costOfOwner('PROMPT')),
      type: PromptType,
      description: 'The prompt that it is a version of; null once that is archived.',
      resolve: (version, _args, context) => context.loaders.prompt.load(version.prompt),
    }),
    ref: t.exposeString('ref', {
      nullable: false,
      description: 'Never repeats: a version id (PostHog, Humanloop), a number (Datadog).',
    }),
    number: t.exposeInt('number', {
      description: 'Its number within the living prompt (PostHog, Datadog); null where versions have none.',
    }),
    name: t.exposeString('name', { description: 'Its name, where versions have names (Humanloop).' }),
    description: t.exposeString('description', { description: 'What somebody wrote about it.' }),
    content: t.field({
      extensions: costs(free),
      type: PromptContentUnion,
      description: 'What it says. The vendor is asked for it only if this is selected.',
      resolve: (version, _args, context) => promptVersionContent(context, version),
    }),
    preview: t.exposeString('preview', {
      description: 'The first characters, where the vendor gives them (PostHog).',
    }),
    outline: t.expose('outline', { type: [OutlineHeadingType], description: 'Its headings (PostHog).' }),
    sizeBytes: t.exposeInt('sizeBytes', { description: 'The size of the content. Bytes (PostHog).' }),
    config: t.field({
      extensions: costs(free),
      type: 'JSON',
      description: 'Model and settings, where the vendor keeps them with the version.',
      resolve: (version, _args, context) => promptVersionConfig(context, version),
    }),
    labels: t.exposeStringList('labels', {
      description: 'Labels that point at it; null where there are none such.',
    }),
    deployments: t.expose('deployments', {
      type: [DeploymentType],
      description: 'The environments that it stands on; null where the vendor does not deploy.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'When something about it last changed.',
    }),
    createdBy: t.expose('createdBy', { type: ActorType, description: 'Who made it.' }),
    isLatest: t.boolean({
      extensions: costs(costOfOwnerFact('PROMPT', 'isLatest')),
      description: 'Whether it is the newest version of its prompt.',
      resolve: (version, _args, context) => promptVersionIsLatest(context, version),
    }),
  }),
});

export const PromptVersionConnection = connectionType({
  name: 'PromptVersion',
  plural: 'prompt versions',
  node: PromptVersionType,
});
