import type { KnownIds } from './ids-of-each-vendor.ts';

/** A query with an argument that cannot be used, and how that is told. */
export interface Refused {
  readonly name: string;
  readonly document: string;
  /** What the field stands on, where that is not the query: to know that, its vendor is asked. */
  readonly of?: keyof KnownIds;
  readonly code: string;
  readonly message: RegExp;
  /** Where the issue is, when it is INVALID_INPUT. */
  readonly issue?: readonly string[];
}

const long = 'x'.repeat(10_240);
const node = (type: string, field: string): string =>
  `query ($id: ID!) { node(id: $id) { ... on ${type} { it: ${field} } } }`;
const dataset = (field: string): string => node('Dataset', field);
const prompt = (field: string): string => node('Prompt', field);

/** One of each kind; `it` is the field that is refused. */
export const refusedArguments: readonly Refused[] = [
  // versions
  {
    name: 'a version number that is not there',
    of: 'datadogDataset',
    document: dataset('version(ref: "4711") { ref }'),
    code: 'NOT_FOUND',
    message: /no version "4711".*`versions`/,
  },
  {
    name: 'a version that is no number',
    of: 'datadogDataset',
    document: dataset('version(ref: "latest") { ref }'),
    code: 'NOT_FOUND',
    message: /no version "latest"/,
  },
  {
    name: 'a negative version',
    of: 'datadogDataset',
    document: dataset('version(ref: "-1") { ref }'),
    code: 'NOT_FOUND',
    message: /no version "-1"/,
  },
  {
    name: 'a version id that is not there',
    of: 'humanloopDataset',
    document: dataset('version(ref: "dsv_0") { ref }'),
    code: 'NOT_FOUND',
    message: /no version "dsv_0"/,
  },
  {
    name: 'a version where there are none',
    of: 'posthogDataset',
    document: dataset('version(ref: "1") { ref }'),
    code: 'UNSUPPORTED',
    message: /PostHog keeps no versions.*Datadog and Humanloop do/,
  },
  {
    name: 'a list of versions where there are none',
    of: 'posthogDataset',
    document: dataset('versions { nodes { ref } }'),
    code: 'UNSUPPORTED',
    message: /PostHog keeps no versions/,
  },
  {
    name: 'items of a version that is not there',
    of: 'datadogDataset',
    document: dataset('items(versionRef: "4711") { nodes { id } }'),
    code: 'NOT_FOUND',
    message: /no version 4711/,
  },
  {
    name: 'items of a version id that is not there',
    of: 'humanloopDataset',
    document: dataset('items(versionRef: "dsv_0") { nodes { id } }'),
    code: 'NOT_FOUND',
    message: /no such version.*`versions`/,
  },
  {
    name: 'items of a version where there are none',
    of: 'posthogDataset',
    document: dataset('items(versionRef: "1") { nodes { id } }'),
    code: 'UNSUPPORTED',
    message: /PostHog keeps no versions/,
  },
  ...(['datadogDataset', 'humanloopDataset'] as const).flatMap((of): Refused[] => [
    {
      name: `a blank version of ${of}`,
      of,
      document: dataset('version(ref: " ") { ref }'),
      code: 'INVALID_INPUT',
      message: /`ref` must not be blank/,
      issue: ['ref'],
    },
    {
      name: `an endless version of ${of}`,
      of,
      document: dataset(`version(ref: "${long}") { ref }`),
      code: 'INVALID_INPUT',
      message: /`ref` must have at most 1000/,
      issue: ['ref'],
    },
    {
      name: `a blank version of the items of ${of}`,
      of,
      document: dataset('items(versionRef: "") { nodes { id } }'),
      code: 'INVALID_INPUT',
      message: /`versionRef` must not be blank/,
      issue: ['versionRef'],
    },
    {
      name: `an endless version of the items of ${of}`,
      of,
      document: dataset(`items(versionRef: "${long}") { nodes { id } }`),
      code: 'INVALID_INPUT',
      message: /`versionRef` must have at most 1000/,
      issue: ['versionRef'],
    },
  ]),
  ...(['datadogPrompt', 'humanloopPrompt', 'posthogPrompt'] as const).flatMap((of): Refused[] => [
    {
      name: `neither ref nor number of ${of}`,
      of,
      document: prompt('version { ref }'),
      code: 'INVALID_INPUT',
      message: /exactly one of `ref` and `number`/,
      issue: ['ref'],
    },
    {
      name: `both ref and number of ${of}`,
      of,
      document: prompt('version(ref: "a", number: 1) { ref }'),
      code: 'INVALID_INPUT',
      message: /exactly one of `ref` and `number`/,
      issue: ['ref'],
    },
    {
      name: `a ref that is not there of ${of}`,
      of,
      document: prompt('version(ref: "prv_0") { ref }'),
      code: 'NOT_FOUND',
      message: /no version "prv_0".*`versions`/,
    },
    {
      name: `a blank ref of ${of}`,
      of,
      document: prompt('version(ref: "\\n") { ref }'),
      code: 'INVALID_INPUT',
      message: /`ref` must not be blank/,
      issue: ['ref'],
    },
  ]),
  ...(['datadogPrompt', 'posthogPrompt'] as const).flatMap((of) =>
    [0, -1, 4_711].map(
      (number): Refused => ({
        name: `number ${number} of ${of}`,
        of,
        document: prompt(`version(number: ${number}) { ref }`),
        code: 'NOT_FOUND',
        message: new RegExp(`no version number ${number}`),
      }),
    ),
  ),
  {
    name: 'a number where versions have ids',
    of: 'humanloopPrompt',
    document: prompt('version(number: 1) { ref }'),
    code: 'INVALID_INPUT',
    message: /have ids.*`ref`/,
    issue: ['number'],
  },
  // pages
  {
    name: 'a page beside a cursor',
    document: '{ it: modelLabProjects(page: 2, after: "x") { nodes { id } } }',
    code: 'INVALID_INPUT',
    message: /`page` or `after`, not both/,
    issue: ['page'],
  },
  {
    name: 'page 0',
    document: '{ it: modelLabProjects(page: 0) { nodes { id } } }',
    code: 'INVALID_INPUT',
    message: /counts from 1, and 0/,
    issue: ['page'],
  },
  {
    name: 'a negative page',
    document: '{ it: modelLabProjects(page: -3) { nodes { id } } }',
    code: 'INVALID_INPUT',
    message: /counts from 1, and -3/,
    issue: ['page'],
  },
  // orders and filters
  {
    name: 'an order that Datadog cannot',
    document: '{ it: datasets(orderBy: { field: NAME, direction: ASC }) { nodes { id } } }',
    code: 'UNSUPPORTED',
    message: /Datadog and PostHog cannot.*NAME ASC.*`filter\.vendors`/,
  },
  {
    name: 'an order that PostHog cannot',
    document:
      '{ it: datasets(filter: { vendors: [POSTHOG] }, orderBy: { field: NAME, direction: DESC }) { nodes { id } } }',
    code: 'UNSUPPORTED',
    message: /PostHog cannot/,
  },
  {
    name: 'an author where there are none',
    document: '{ it: prompts(filter: { vendors: [DATADOG], createdByVendorId: "1" }) { nodes { id } } }',
    code: 'UNSUPPORTED',
    message: /Datadog cannot list prompts by their author/,
  },
  {
    name: 'an author that is no number',
    document: '{ it: prompts(filter: { vendors: [POSTHOG], createdByVendorId: "nadia" }) { nodes { id } } }',
    code: 'INVALID_INPUT',
    message: /must be such a number/,
    issue: ['filter', 'createdByVendorId'],
  },
  {
    name: 'a tag with a colon',
    document: '{ it: modelLabProjects(filter: { tags: [{ key: "a:b", value: "c" }] }) { nodes { id } } }',
    code: 'INVALID_INPUT',
    message: /colon or comma/,
    issue: ['filter', 'tags', '0'],
  },
  {
    name: 'a tag without a key',
    document:
      '{ it: modelLabProjects(filter: { tags: [{ key: "a", value: "b" }, { key: "", value: "c" }] }) { nodes { id } } }',
    code: 'INVALID_INPUT',
    message: /without a key/,
    issue: ['filter', 'tags', '1'],
  },
  // resource
  {
    name: 'a blank vendor id',
    document: '{ it: resource(ref: { vendor: POSTHOG, kind: DATASET, vendorId: " " }) { id } }',
    code: 'INVALID_INPUT',
    message: /`ref\.vendorId` must not be blank/,
    issue: ['ref', 'vendorId'],
  },
  {
    name: 'an endless vendor id',
    document: `{ it: resource(ref: { vendor: HUMANLOOP, kind: DATASET, vendorId: "${long}" }) { id } }`,
    code: 'INVALID_INPUT',
    message: /`ref\.vendorId` must have at most 1000/,
    issue: ['ref', 'vendorId'],
  },
  {
    name: 'a blank parent',
    document:
      '{ it: resource(ref: { vendor: DATADOG, kind: DATASET, vendorId: "a", parentVendorId: "" }) { id } }',
    code: 'INVALID_INPUT',
    message: /`ref\.parentVendorId` must not be blank/,
    issue: ['ref', 'parentVendorId'],
  },
  {
    name: 'an endless parent',
    document: `{ it: resource(ref: { vendor: DATADOG, kind: DATASET, vendorId: "a", parentVendorId: "${long}" }) { id } }`,
    code: 'INVALID_INPUT',
    message: /`ref\.parentVendorId` must have at most 1000/,
    issue: ['ref', 'parentVendorId'],
  },
  {
    name: 'a Datadog dataset without its project',
    document: '{ it: resource(ref: { vendor: DATADOG, kind: DATASET, vendorId: "a" }) { id } }',
    code: 'INVALID_INPUT',
    message: /the project.*`parentVendorId`/,
    issue: ['ref', 'parentVendorId'],
  },
  {
    name: 'a Humanloop version without its dataset',
    document: '{ it: resource(ref: { vendor: HUMANLOOP, kind: DATASET_VERSION, vendorId: "dsv_1" }) { id } }',
    code: 'INVALID_INPUT',
    message: /dataset.*parentVendorId/,
    issue: ['ref', 'parentVendorId'],
  },
  {
    name: 'a PostHog prompt version without its prompt',
    document: '{ it: resource(ref: { vendor: POSTHOG, kind: PROMPT_VERSION, vendorId: "1" }) { id } }',
    code: 'INVALID_INPUT',
    message: /prompt name.*`parentVendorId`/,
    issue: ['ref', 'parentVendorId'],
  },
  {
    name: 'a kind that Datadog does not have',
    document: '{ it: resource(ref: { vendor: DATADOG, kind: TRACE_REVIEW, vendorId: "1" }) { id } }',
    code: 'INVALID_INPUT',
    message: /Datadog has no TRACE_REVIEW/,
    issue: ['ref', 'kind'],
  },
  {
    name: 'a kind that Humanloop does not have',
    document: '{ it: resource(ref: { vendor: HUMANLOOP, kind: PROJECT, vendorId: "1" }) { id } }',
    code: 'INVALID_INPUT',
    message: /Humanloop has no PROJECT/,
    issue: ['ref', 'kind'],
  },
  {
    name: 'a kind that PostHog does not have',
    document: '{ it: resource(ref: { vendor: POSTHOG, kind: DATASET_VERSION, vendorId: "1" }) { id } }',
    code: 'INVALID_INPUT',
    message: /PostHog has no DATASET_VERSION/,
    issue: ['ref', 'kind'],
  },
  // endless texts in filters
  ...['datasets', 'prompts', 'traceReviews', 'scoreDefinitions', 'modelLabProjects'].map(
    (list): Refused => ({
      name: `an endless search of ${list}`,
      document: `{ it: ${list}(filter: { search: "${long}" }) { nodes { id } } }`,
      code: 'INVALID_INPUT',
      message: /`filter\.search` must have at most 1000/,
      issue: ['filter', 'search'],
    }),
  ),
  {
    name: 'an endless search of a project',
    of: 'project',
    document: node('Project', `datasets(search: "${long}") { nodes { id } }`),
    code: 'INVALID_INPUT',
    message: /`search` must have at most 1000/,
    issue: ['search'],
  },
  {
    name: 'an endless owner',
    document: `{ it: modelLabProjects(filter: { ownerId: "${long}" }) { nodes { id } } }`,
    code: 'INVALID_INPUT',
    message: /`filter\.ownerId` must have at most 1000/,
    issue: ['filter', 'ownerId'],
  },
];
