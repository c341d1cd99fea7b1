import type { VendorHttp } from '../../http/operation.ts';
import { pathOf } from '../../http/path.ts';

/** The two roots below which PostHog serves everything that is used here, with equal behaviour. */
export type PathPrefix = 'environments' | 'projects';

/** Where the routes of each noun begin. */
export interface Roots {
  readonly datasets: string;
  readonly prompts: string;
  readonly reviews: string;
}

/** Without a prefix each route goes out as PostHog's documentation page writes it. */
export function rootsOf(http: VendorHttp, prefix: PathPrefix | undefined): Roots {
  const { project } = http.account;
  if (project === undefined) throw new TypeError('A PostHog account is of one project.');
  return {
    datasets: pathOf`/api/${prefix ?? 'projects'}/${project}`,
    prompts: pathOf`/api/${prefix ?? 'environments'}/${project}/llm_prompts`,
    reviews: pathOf`/api/${prefix ?? 'environments'}/${project}/llm_analytics`,
  };
}
