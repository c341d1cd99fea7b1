import { nullable } from '../answer.ts';
import { formatInstant } from '../instant.ts';
import type { ModelLabProject } from '../state/model.ts';
import type { Dialect } from '../switches.ts';

/** Datadog spec, `ModelLabProjectData`: the id, an integer in paths, is a text here. */
export function modelLabProjectShape(project: ModelLabProject, userId: string, dialect: Dialect) {
  return {
    id: String(project.id),
    type: 'projects',
    attributes: {
      artifact_storage_location: `model-lab:///${project.id}`,
      created_at: formatInstant(project.createdAt),
      ...nullable(dialect, { deleted_at: undefined, external_url: project.externalUrl }),
      description: project.description,
      is_starred: project.starredBy.has(userId),
      name: project.name,
      ...nullable(dialect, { owner_id: project.ownerId }),
      tags: project.tags,
      updated_at: formatInstant(project.updatedAt),
    },
  };
}

/** One page of a list that is paged by number. */
export interface NumberedPage {
  readonly number: number;
  readonly size: number;
  readonly total: number;
  /** 1 by the spec, 0 as recorded. */
  readonly first: number;
}

/** `meta` and `links` of a page. Recorded: `links.prev` is left out on the first page, `prev_number` is null. */
export function pageMembers(page: NumberedPage, url: URL, dialect: Dialect) {
  const { number, size, total, first } = page;
  const last = first + Math.max(0, Math.ceil(total / size) - 1);
  const next = number < last ? number + 1 : undefined;
  const previous = number > first ? Math.min(number - 1, last) : undefined;
  const others = [...url.searchParams].filter(([name]) => name !== 'page[number]' && name !== 'page[size]');
  const link = (to: number | undefined): string | undefined => {
    if (to === undefined) return undefined;
    const kept = others.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return `${url.origin}${url.pathname}?${[...kept, `page[number]=${to}`, `page[size]=${size}`].join('&')}`;
  };
  return {
    meta: {
      page: {
        type: 'number_size',
        number,
        size,
        total,
        first_number: first,
        prev_number: previous ?? null,
        next_number: next ?? null,
        last_number: last,
      },
    },
    links: {
      self: url.href,
      first: link(first),
      last: link(last),
      ...nullable(dialect, { next: link(next), prev: link(previous) }),
    },
  };
}
