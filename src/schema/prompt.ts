import type { GraphQLResolveInfo } from 'graphql';
import {
  costOfCurrentPromptVersion,
  costOfLatestPromptVersion,
  costOfPromptVersion,
} from '../resolvers/costs/fields.ts';
import { costOfPromptVersions } from '../resolvers/costs/lists.ts';
import {
  currentPromptVersion,
  latestPromptVersion,
  listPromptVersions,
  promptVersion,
} from '../resolvers/prompts.ts';
import type { PromptWants } from '../sources/source.ts';
import { ActorType } from './actor.ts';
import { connectionType, pageArguments } from './connection.ts';
import { costs } from './cost.ts';
import { NodeInterface, VendorResourceInterface } from './interfaces.ts';
import { PromptVersionConnection, PromptVersionType } from './prompt-version.ts';
import { PromptType } from './references.ts';
import { selects } from './selection.ts';

/** Content or config of the versions right below this field is selected. */
function wantsContent(info: GraphQLResolveInfo, ...path: readonly string[]): boolean {
  return selects(info, ...path, 'content') || selects(info, ...path, 'config');
}

/** What a list of versions tells only together with the content. */
const toldWithContent = ['content', 'config', 'preview', 'outline', 'sizeBytes'];

function listWantsContent(info: GraphQLResolveInfo): boolean {
  return toldWithContent.some((name) => selects(info, 'nodes', name) || selects(info, 'edges', 'node', name));
}

/** What a list of prompts has to bring along. */
export function promptWants(info: GraphQLResolveInfo): PromptWants {
  const rows = [['nodes'], ['edges', 'node']];
  const versions = ['latestVersion', 'currentVersion'];
  const paths = rows.flatMap((row) => versions.map((version) => [...row, version]));
  return {
    content: paths.some((path) => wantsContent(info, ...path)),
    latestVersion: paths.some((path) => selects(info, ...path)),
  };
}

PromptType.implement({
  description: 'A prompt that is kept at a vendor, with its versions.',
  interfaces: [NodeInterface, VendorResourceInterface],
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'The id in this API.' }),
    name: t.exposeString('name', { nullable: false, description: 'Its name.' }),
    description: t.exposeString('description', { description: 'What somebody wrote about it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When its first version was made.' }),
    createdBy: t.expose('createdBy', {
      type: ActorType,
      description: 'Who made it, where the vendor tells.',
    }),
    versionCount: t.exposeInt('versionCount', {
      description: 'How many versions it has; null where the vendor does not tell.',
    }),
    latestVersion: t.field({
      extensions: costs(costOfLatestPromptVersion),
      type: PromptVersionType,
      description: 'The newest version.',
      resolve: (prompt, _args, context, info) => latestPromptVersion(context, prompt, wantsContent(info)),
    }),
    currentVersion: t.field({
      extensions: costs(costOfCurrentPromptVersion),
      type: PromptVersionType,
      description: 'What a plain read gives: the deployed version where the vendor deploys, else the newest.',
      resolve: (prompt, _args, context, info) => currentPromptVersion(context, prompt, wantsContent(info)),
    }),
    version: t.field({
      extensions: costs(costOfPromptVersion),
      type: PromptVersionType,
      args: {
        ref: t.arg.string({ description: 'The version by its `ref`, which never repeats.' }),
        number: t.arg.int({ description: 'The version by its number within the living prompt.' }),
      },
      description: 'One version; give exactly one of the arguments. An unknown one is a NOT_FOUND error.',
      resolve: (prompt, args, context) => promptVersion(context, prompt, args),
    }),
    versions: t.field({
      extensions: costs(costOfPromptVersions),
      type: PromptVersionConnection,
      args: { ...pageArguments },
      description: 'All versions, newest first.',
      resolve: (prompt, args, context, info) =>
        listPromptVersions(context, prompt, args, listWantsContent(info)),
    }),
  }),
});

export const PromptConnection = connectionType({
  name: 'Prompt',
  plural: 'prompts',
  node: PromptType,
  totalCount: 'How many there are in all, where one vendor is asked and it tells.',
});
