import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';

/** Members that hold words of people, at any of the vendors: the rest are ids, times and words of the vendors. */
const words: ReadonlySet<string> = new Set([
  'name',
  'title',
  'description',
  'comment',
  'readme',
  'content',
  'template',
  'prompt',
  'input',
  'inputs',
  'output',
  'expectedOutput',
  'target',
]);
/** Members that are no words, wherever they stand. */
const vendors: ReadonlySet<string> = new Set(['id', 'role', 'type', 'url']);
/** Members that hold people: of Datadog by id, of the others as they are. */
const people: ReadonlySet<string> = new Set(['authorId', 'ownerId', 'createdBy', 'reviewedBy']);

interface Marking {
  /** Comes before all words. */
  readonly mark: string;
  /** Takes the place of all people; left out, they stay. */
  readonly person?: unknown;
  /** Members that are kept, as what things are found by. */
  readonly keeps?: string;
  /** What is marked already: the seeds hold some objects at several places. */
  readonly done: Set<object>;
}

/** Changes in place what is to be changed. */
function remark(value: unknown, marking: Marking, isWords: boolean): unknown {
  if (typeof value === 'string') return isWords ? `${marking.mark} ${value}` : value;
  if (typeof value !== 'object' || value === null || marking.done.has(value)) return value;
  marking.done.add(value);
  if (value instanceof Map) {
    for (const [key, held] of value) value.set(key, remark(held, marking, isWords));
    return value;
  }
  if (value instanceof Set) return value;
  // What the seeds hold are plain objects and lists, whose members are told by name.
  const members = value as Record<string, unknown>;
  const plain = !Array.isArray(value);
  for (const name of Object.keys(members)) {
    // A role or a kind within words is none.
    const isVendors = plain && (vendors.has(name) || name === marking.keeps);
    const held = members[name];
    if (plain && people.has(name) && marking.person !== undefined && held !== undefined) {
      members[name] = marking.person;
    } else if (!people.has(name)) {
      members[name] = remark(held, marking, !isVendors && (isWords || (plain && words.has(name))));
    }
  }
  return value;
}

function mark<Value>(value: Value, marking: Omit<Marking, 'done'>): Value {
  remark(value, { ...marking, done: new Set() }, false);
  return value;
}

/**
 * Gives Globex everything that Acme has, under the same ids, with people of its own. All words of either begin with its
 * name, so that what of one reaches the other is seen in any text.
 */
export function plantTwins(sandbox: Sandbox): void {
  const acme = { mark: 'Acme' };

  const datadog = sandbox.datadog.state;
  const ours = datadog.tenant('acme');
  const theirs = datadog.tenant('globex');
  const gia = datadogCredentials.globex.gia.user.id;
  for (const part of ['projects', 'prompts', 'modelLabProjects'] as const) {
    const target: Map<unknown, unknown> = theirs[part];
    for (const [id, value] of structuredClone(ours[part])) {
      target.set(id, mark(value, { mark: 'Globex', person: gia }));
    }
    mark(ours[part], acme);
  }
  for (const project of theirs.projects.values())
    for (const dataset of project.datasets.values()) dataset.lock = undefined;

  const humanloop = sandbox.humanloop.state;
  const [lena] = humanloop.globex.users.values();
  const environments = new Map(
    humanloop.acme.environments.map(({ id }, place) => [id, humanloop.globex.environments[place]?.id]),
  );
  for (const part of ['datasets', 'prompts'] as const) {
    const target: Map<string, unknown> = humanloop.globex[part];
    for (const [id, file] of structuredClone<Map<string, { path: string; deployments: Map<string, string> }>>(
      humanloop.acme[part],
    )) {
      file.path = file.path.replace(/[^/]*$/, 'Globex $&');
      for (const [environment, version] of [...file.deployments]) {
        file.deployments.delete(environment);
        const own = environments.get(environment);
        if (own !== undefined) file.deployments.set(own, version);
      }
      target.set(id, mark(file, { mark: 'Globex', person: lena }));
    }
    for (const file of humanloop.acme[part].values()) file.path = file.path.replace(/[^/]*$/, 'Acme $&');
    mark(humanloop.acme[part], acme);
  }

  const posthog = sandbox.posthog.state;
  const mine = posthog.project(posthogCredentials.acme.projectId);
  const other = posthog.project(posthogCredentials.globex.projectId);
  const { prompts, definitions, reviews, datasets, items } = mine;
  const copy = structuredClone({ prompts, definitions, reviews, datasets, items });
  // A prompt is found by its name.
  mark(copy.prompts, { mark: 'Globex', person: other.members[0], keeps: 'name' });
  mark({ ...copy, prompts: undefined }, { mark: 'Globex', person: other.members[0] });
  for (const [name, family] of copy.prompts) other.prompts.set(name, family);
  other.definitions.push(...copy.definitions);
  other.reviews.push(...copy.reviews);
  other.datasets.push(...copy.datasets);
  other.items.push(...copy.items);
  mark(prompts, { ...acme, keeps: 'name' });
  mark({ definitions, reviews, datasets, items }, acme);
}
