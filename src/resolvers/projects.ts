import type { Context } from '../context.ts';
import { InvalidInputError } from '../domain/errors.ts';
import { parseIdOf } from '../domain/identity.ts';
import type {
  ModelLabProject,
  ModelLabProjectFilter,
  ModelLabProjectOrder,
  Project,
  Tag,
} from '../domain/project.ts';
import type { ListStream } from '../sources/source.ts';
import {
  type Connection,
  mergeInputs,
  type PageArguments,
  readConnection,
  readPageSize,
} from './connection.ts';
import { comparing } from './datasets.ts';
import { found, readSearch, slotsInPlay } from './vendor-call.ts';

/** The homes of datasets, newest first. */
export async function listProjects(context: Context, args: PageArguments): Promise<Connection<Project>> {
  const slots = slotsInPlay(context, 'projects');
  const connection = await readConnection(context, {
    list: ['projects'],
    page: args,
    inputs: mergeInputs(slots, async (source) =>
      source.projects === undefined ? [] : [source.projects.listProjects()],
    ),
    keyOf: (project) => ({ sort: project.createdAt ?? '', id: project.id }),
    compare: comparing({ field: 'CREATED_AT', direction: 'DESC' }),
  });
  for (const project of connection.nodes) context.loaders.project.prime(project, project);
  return connection;
}

export async function getProject(context: Context, id: string): Promise<Project> {
  const key = parseIdOf('PROJECT', id, ['id']);
  return found(await context.loaders.project.load(key), key);
}

export interface ModelLabArguments extends PageArguments {
  readonly page?: number | null | undefined;
  readonly filter?:
    | {
        readonly search?: string | null | undefined;
        readonly ownerId?: string | null | undefined;
        readonly tags?: readonly Tag[] | null | undefined;
      }
    | null
    | undefined;
  readonly orderBy?: ModelLabProjectOrder | null | undefined;
}

function readPage(args: ModelLabArguments): number | undefined {
  const { page, after } = args;
  if (page === null || page === undefined) return undefined;
  if (after !== null && after !== undefined) {
    throw new InvalidInputError('Give `page` or `after`, not both.', [
      { path: ['page'], message: 'excludes `after`' },
    ]);
  }
  if (page >= 1) return page;
  throw new InvalidInputError(`\`page\` counts from 1, and ${page} was given.`, [
    { path: ['page'], message: 'must be 1 or more', code: 'OUT_OF_RANGE' },
  ]);
}

/** Model Lab projects in the vendor's own order and paging. */
export async function listModelLabProjects(
  context: Context,
  args: ModelLabArguments,
): Promise<Connection<ModelLabProject>> {
  const page = readPage(args);
  const size = readPageSize(args.first);
  const filter: ModelLabProjectFilter = {
    search: readSearch(args.filter?.search, ['filter', 'search']),
    ownerId: readSearch(args.filter?.ownerId, ['filter', 'ownerId']),
    tags: args.filter?.tags ?? undefined,
  };
  const order = args.orderBy ?? undefined;
  const slots = slotsInPlay(context, 'modelLab');
  const connection = await readConnection(context, {
    list: ['modelLab', filter.search ?? null, filter.ownerId ?? null, filter.tags ?? null, order ?? null],
    page: args,
    inputs: mergeInputs(slots, async (source) => {
      const lab = source.modelLab;
      if (lab === undefined) return [];
      const stream = lab.listModelLabProjects(filter, order);
      if (page === undefined) return [stream];
      const jumping: ListStream<ModelLabProject> = {
        ...stream,
        fetch: (from, limit) =>
          from === undefined ? lab.modelLabPage(filter, order, page, size) : stream.fetch(from, limit),
      };
      return [jumping];
    }),
    keyOf: (project) => ({ sort: '', id: project.id }),
    compare: () => 0,
  });
  for (const project of connection.nodes) context.loaders.modelLabProject.prime(project, project);
  if (page === undefined || page === 1) return connection;
  return { ...connection, pageInfo: { ...connection.pageInfo, hasPreviousPage: true } };
}

export async function getModelLabProject(context: Context, id: string): Promise<ModelLabProject> {
  const key = parseIdOf('MODEL_LAB_PROJECT', id, ['id']);
  return found(await context.loaders.modelLabProject.load(key), key);
}
