import { canonicalJson, fingerprint } from './canonical-json.ts';
import { type Datapoint, toDatapoint, withoutTwins } from './datapoint.ts';
import type { DatasetContent, DatasetFile, DatasetVersion } from './file.ts';
import type { DatasetRequest } from './request-bodies.ts';
import { saveVersion } from './save-version.ts';
import { notFound } from './vendor-error.ts';
import { newestVersion, type Selector, selectVersion } from './version-selection.ts';
import { fileToWrite, type WriteContext } from './write-context.ts';

/**
 * Assumption: two versions are the same when they hold the same *set* of datapoints, and the same attributes
 * unless a switch says that those do not count. A version keeps the order in which its datapoints came first.
 */
function contentKeyOf(content: DatasetContent, attributesCount: boolean): string {
  const ids = content.datapoints.map(({ id }) => id).sort();
  return fingerprint(`${ids.join()} ${attributesCount ? canonicalJson(content.attributes ?? {}) : ''}`);
}

function combine(
  action: DatasetRequest['action'],
  base: readonly Datapoint[],
  sent: readonly Datapoint[],
): Datapoint[] {
  if (action === 'add') return withoutTwins([...base, ...sent]);
  if (action !== 'remove') return withoutTwins(sent);
  const gone = new Set(sent.map(({ id }) => id));
  return base.filter(({ id }) => !gone.has(id));
}

function baseOf(
  context: WriteContext,
  file: DatasetFile | undefined,
  request: DatasetRequest,
  selector: Selector,
): DatasetVersion | undefined {
  // Selectors beside `set` are ignored (vendor documentation).
  if (request.action !== 'add' && request.action !== 'remove') return undefined;
  const selected = selector.versionId !== undefined || selector.environment !== undefined;
  if (!selected) return file === undefined ? undefined : newestVersion(file);
  // Assumption: a base asked for of a dataset that is not there yet is not found.
  if (file === undefined) throw notFound(`The base version of "${request.path ?? ''}"`);
  return selectVersion(context.tenant, file, selector, context.switches);
}

/** Creates a dataset, or adds a version to one; see the module on versions for what is the same version. */
export function upsertDataset(
  context: WriteContext,
  request: DatasetRequest,
  selector: Selector,
): { file: DatasetFile; version: DatasetVersion } {
  const { tenant, user, now } = context;
  const { file, add } = fileToWrite(context, tenant.datasets, 'ds', request);
  const base = baseOf(context, add === undefined ? file : undefined, request, selector);
  const sent = request.datapoints.map((one) => toDatapoint(file.id, one));
  const content: DatasetContent = {
    datapoints: combine(request.action, base?.content.datapoints ?? [], sent),
    // Assumption: adding and removing keep the base's attributes unless the request has its own; only then
    // does adding nothing give the base back, which is how the vendor's own client looks a dataset up.
    attributes: request.attributes ?? base?.content.attributes ?? null,
  };
  const version = saveVersion(tenant, file, {
    content,
    contentKey: contentKeyOf(content, context.switches.attributesInIdentity),
    versionPrefix: 'dsv',
    name: request.version_name,
    description: request.version_description,
    user,
    now,
  });
  add?.();
  return { file, version };
}
