import { z } from 'zod';
import { parserOf } from '../parsing.ts';
import { date, rowsOf, text, type VendorRows } from './schema.ts';

const ModelLabProject = z.object({
  id: text,
  attributes: z.object({
    name: z.string(),
    description: z.string().nullish(),
    artifact_storage_location: z.string().nullish(),
    external_url: z.string().nullish(),
    is_starred: z.boolean().nullish(),
    owner_id: z.string().nullish(),
    tags: z.array(z.object({ key: z.string(), value: z.string() })).nullish(),
    created_at: date.nullish(),
    updated_at: date.nullish(),
    deleted_at: date.nullish(),
  }),
});

const ModelLabPage = z.object({
  number: z.int32(),
  size: z.int32(),
  total: z.int32().nonnegative(),
  first_number: z.int32().nullish(),
  last_number: z.int32().nullish(),
  next_number: z.int32().nullish(),
  prev_number: z.int32().nullish(),
});

export type VendorModelLabProject = z.infer<typeof ModelLabProject>;
export type VendorModelLabPage = z.infer<typeof ModelLabPage>;

export interface VendorNumberedPage<T> extends VendorRows<T> {
  readonly page: VendorModelLabPage;
  /** The number of the next page; undefined at the end. */
  readonly next: number | undefined;
}

/** The spec requires neither `next_number` nor `links`: where the one is missing, the other tells. */
function readNextNumber(page: VendorModelLabPage, link: string | null | undefined): number | undefined {
  if (page.next_number !== undefined) return page.next_number ?? undefined;
  const number = /[?&]page(?:\[|%5B)number(?:\]|%5D)=(\d{1,9})(?:&|$)/i.exec(link ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
}

const ModelLabProjects = z
  .object({
    data: rowsOf('ListModelLabProjects', ModelLabProject),
    meta: z.object({ page: ModelLabPage }),
    links: z.object({ next: z.string().nullish() }).nullish(),
  })
  .transform(({ data, meta, links }): VendorNumberedPage<VendorModelLabProject> => {
    return { ...data, page: meta.page, next: readNextNumber(meta.page, links?.next) };
  });

/** The parse functions of Model Lab, by the vendor's name of the operation. */
export const modelLabParsers = {
  ListModelLabProjects: parserOf(ModelLabProjects),
  GetModelLabProject: parserOf(z.object({ data: ModelLabProject })),
} as const;
