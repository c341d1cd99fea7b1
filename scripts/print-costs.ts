import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type GraphQLField, getNamedType, isObjectType } from 'graphql';
import { readConfig } from '../src/config.ts';
import { encodeId, type ResourceKind, resourceKinds } from '../src/domain/identity.ts';
import { vendorNames, vendors } from '../src/domain/vendor.ts';
import type { Asked } from '../src/resolvers/costs/weight.ts';
import { costOf } from '../src/schema/cost.ts';
import { schema } from '../src/schema/index.ts';
import { nodeTypeNames } from '../src/schema/interfaces.ts';
import { createRegistry } from '../src/sources/registry.ts';
import type { SourceSlot } from '../src/sources/source.ts';

// The table of docs/costs.md is made from what fields say that they cost. With --check it is compared, not written.
const file = new URL('../docs/costs.md', import.meta.url);
const [begin, end] = ['<!-- made by `npm run generate` -->\n', '<!-- until here -->\n'];

const { cost, sources } = readConfig({ SANDBOX: 'off' });

/** Each vendor as if there were credentials for it: what it costs to read is told without any. */
const slots = createRegistry(sources, randomBytes(32)).map((definition) => {
  const { key, vendor, parts } = definition;
  const costs = definition.costs(cost.assumedProjects);
  // The rest is not looked at where a cost is weighed.
  return { key, vendor, parts, source: {}, costs: () => costs } as unknown as SourceSlot;
});

/** What a field is asked with in the table: one page of the default size, one thing by its id. */
function argumentsOf(field: GraphQLField<unknown, unknown>, slot: SourceSlot): object {
  const typeName = getNamedType(field.type).name;
  const idOf = (kind: ResourceKind): string => encodeId({ source: slot.key, kind, parts: ['a', 'b', 'c'] });
  const kind = resourceKinds.find((one) => nodeTypeNames[one] === typeName) ?? 'DATASET';
  const side = { datasetId: idOf('DATASET'), promptId: idOf('PROMPT') };
  const ref = { vendor: slot.vendor, kind, vendorId: 'a', parentVendorId: 'b' };
  return {
    id: idOf(kind),
    ids: [idOf(kind)],
    filter: { datasetId: idOf('DATASET') },
    base: side,
    head: side,
    ref,
  };
}

function callsOf(
  field: GraphQLField<unknown, unknown>,
  isRoot: boolean,
  slot: SourceSlot,
  isLookedAt: boolean,
) {
  const weighed = costOf(field);
  if (weighed === undefined || !('weigh' in weighed)) return 0;
  const asked: Omit<Asked<never>, 'args'> = {
    slots: [slot],
    at: isRoot ? undefined : slot,
    rows: 1,
    page: 1,
    owners: new Set(),
    isJustRead: false,
    isLookedAt,
  };
  // Arguments of every field, as the schema would coerce them.
  return weighed.weigh({ ...asked, args: argumentsOf(field, slot) as never }).calls;
}

function rowsOf(typeName: string): readonly string[] {
  const type = schema.getType(typeName);
  const isRoot = type === schema.getQueryType();
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const weighed = costOf(field);
    if (weighed === undefined || !('weigh' in weighed)) return [];
    const cells = vendors.map((vendor) => {
      const slot = slots.find((one) => one.vendor === vendor);
      if (slot === undefined) return '';
      const [plain, whole] = [false, true].map((isLookedAt) => callsOf(field, isRoot, slot, isLookedAt));
      return plain === whole ? String(plain) : `${plain}; ${whole} with content`;
    });
    if (cells.every((cell) => cell === '0')) return [];
    return [`| \`${typeName}.${field.name}\` | ${cells.join(' | ')} |`];
  });
}

const table = [
  `| Field | ${vendors.map((vendor) => vendorNames[vendor]).join(' | ')} |`,
  `| --- | ${vendors.map(() => '---').join(' | ')} |`,
  ...Object.values(schema.getTypeMap())
    .filter((type) => type !== schema.getMutationType() && type !== schema.getSubscriptionType())
    .sort((a, b) => Number(b.name === 'Query') - Number(a.name === 'Query') || (a.name < b.name ? -1 : 1))
    .flatMap((type) => rowsOf(type.name)),
  '',
].join('\n');

const page = readFileSync(file, 'utf8');
const [before = '', , ...rest] = page.split(new RegExp(`${begin}|${end}`));
const made = [before, begin, table, end, ...rest].join('');
if (!process.argv.includes('--check')) writeFileSync(file, made);
else if (page !== made) {
  console.error('docs/costs.md is stale: run `npm run generate` and commit it.');
  process.exit(1);
}
