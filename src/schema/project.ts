import type { ModelLabProject, PageNumbers, Tag } from '../domain/project.ts';
import { costOfProjectDatasets } from '../resolvers/costs/lists.ts';
import { listProjectDatasets } from '../resolvers/datasets.ts';
import { builder } from './builder.ts';
import { connectionType, pageArguments } from './connection.ts';
import { costs } from './cost.ts';
import { DatasetConnection } from './dataset.ts';
import { NodeInterface, VendorResourceInterface } from './interfaces.ts';
import { ProjectType } from './references.ts';

ProjectType.implement({
  description: 'A Datadog LLM Observability project, the home of Datadog datasets.',
  interfaces: [NodeInterface, VendorResourceInterface],
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'The id in this API.' }),
    name: t.exposeString('name', { nullable: false, description: 'Its name.' }),
    description: t.exposeString('description', { description: 'What somebody wrote about it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    datasets: t.field({
      extensions: costs(costOfProjectDatasets),
      type: DatasetConnection,
      args: {
        ...pageArguments,
        search: t.arg.string({ description: 'Only those whose name has this in it.' }),
      },
      description: 'The datasets in it, newest first.',
      resolve: (project, args, context) => listProjectDatasets(context, project, args),
    }),
  }),
});

const TagType = builder.objectRef<Tag>('Tag').implement({
  description: 'A tag of a key and a value.',
  fields: (t) => ({
    key: t.exposeString('key', { nullable: false, description: 'What it says something about.' }),
    value: t.exposeString('value', { nullable: false, description: 'What it says.' }),
  }),
});

export const ModelLabProjectType = builder.objectRef<ModelLabProject>('ModelLabProject').implement({
  description: 'A Datadog Model Lab project. Unrelated to the projects that datasets are in.',
  interfaces: [NodeInterface, VendorResourceInterface],
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'The id in this API.' }),
    name: t.exposeString('name', { nullable: false, description: 'Its name.' }),
    description: t.exposeString('description', { description: 'What somebody wrote about it.' }),
    artifactStorageLocation: t.exposeString('artifactStorageLocation', {
      description: 'Where its artifacts are kept.',
    }),
    externalUrl: t.exposeString('externalUrl', { description: 'Its page elsewhere.' }),
    isStarred: t.exposeBoolean('isStarred', {
      description: 'Whether the user of the credentials starred it.',
    }),
    ownerId: t.exposeString('ownerId', { description: "The vendor's id of its owner." }),
    tags: t.field({
      type: [TagType],
      nullable: false,
      description: 'Its tags.',
      resolve: (project) => project.tags,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    deletedAt: t.expose('deletedAt', { type: 'DateTime', description: 'When it was deleted, if it was.' }),
  }),
});

const PageNumbersType = builder.objectRef<PageNumbers>('PageNumbers').implement({
  description: 'Pages by number, counted from 1 whatever the vendor counts from.',
  fields: (t) => ({
    number: t.exposeInt('number', { nullable: false, description: 'This page.' }),
    size: t.exposeInt('size', { nullable: false, description: 'How many one page holds.' }),
    first: t.exposeInt('first', { description: 'The first page.' }),
    last: t.exposeInt('last', { description: 'The last page.' }),
    next: t.exposeInt('next', { description: 'The page after this; null on the last.' }),
    previous: t.exposeInt('previous', { description: 'The page before this; null on the first.' }),
  }),
});

export const ProjectConnection = connectionType({ name: 'Project', plural: 'projects', node: ProjectType });

export const ModelLabProjectConnection = connectionType({
  name: 'ModelLabProject',
  plural: 'Model Lab projects',
  node: ModelLabProjectType,
  totalCount: 'How many there are in all.',
});

builder.objectField(ModelLabProjectConnection, 'page', (t) =>
  t.field({
    type: PageNumbersType,
    description: 'Page numbers, counted from 1 whatever the vendor counts from.',
    resolve: (connection) => connection.page,
  }),
);
