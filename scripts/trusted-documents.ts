import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gqlPluckFromCodeString } from '@graphql-tools/graphql-tag-pluck';
import {
  buildSchema,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  specifiedRules,
  validate,
  visit,
} from 'graphql';

/*
 * Makes the manifest of trusted documents out of a frontend's sources: each operation by itself, with the fragments that
 * it uses, under the SHA-256 of its text. What it writes is what `TRUSTED_DOCUMENTS` takes.
 */

const usage = `Usage: npm run --silent documents -- [--out manifest.json] [--schema schema.graphql] <file or glob> ...

Takes .graphql files, and TypeScript and JavaScript with gql or graphql tags. Without --out it writes to standard output.`;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

async function documentsIn(path: string): Promise<readonly DocumentNode[]> {
  const text = readFileSync(path, 'utf8');
  if (/\.(graphql|gql)$/.test(path)) return [parse(text)];
  const plucked = await gqlPluckFromCodeString(path, text, { skipIndent: true });
  return plucked.map((source) => parse(source.body));
}

/** An operation with all fragments that it uses, however deep, each once and in the order of their names. */
function complete(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): DocumentNode {
  const used = new Set<string>();
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread: ({ name: { value } }) => {
        const fragment = fragments.get(value);
        if (fragment === undefined || used.has(value)) return;
        used.add(value);
        collect(fragment);
      },
    });
  };
  collect(operation);
  const spread = [...used].sort().flatMap((name) => fragments.get(name) ?? []);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...spread] };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    schema: { type: 'string', default: new URL('../schema.graphql', import.meta.url).pathname },
    help: { type: 'boolean', default: false },
  },
});
if (values.help || positionals.length === 0) fail(usage);

const paths = positionals.flatMap((pattern) => globSync(pattern)).sort();
if (paths.length === 0) fail(`No file matches ${positionals.join(' ')}.`);

const operations = new Map<string, { readonly node: OperationDefinitionNode; readonly path: string }>();
const fragments = new Map<string, FragmentDefinitionNode>();
for (const path of paths) {
  let documents: readonly DocumentNode[];
  try {
    documents = await documentsIn(path);
  } catch (error) {
    fail(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const definition of documents.flatMap((document) => document.definitions)) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      const known = fragments.get(definition.name.value);
      if (known !== undefined && print(known) !== print(definition)) {
        fail(`${path}: there is another fragment named ${definition.name.value}.`);
      }
      fragments.set(definition.name.value, definition);
    } else if (definition.kind === Kind.OPERATION_DEFINITION) {
      const name = definition.name?.value;
      if (name === undefined) fail(`${path}: an operation has no name. Give it one.`);
      const known = operations.get(name);
      if (known !== undefined) fail(`${path}: ${known.path} has an operation named ${name}, too.`);
      operations.set(name, { node: definition, path });
    } else fail(`${path}: holds a definition that is neither an operation nor a fragment.`);
  }
}
if (operations.size === 0) fail(`There is no operation in ${paths.length} files.`);

const schema = buildSchema(readFileSync(values.schema, 'utf8'));
const manifest: Record<string, string> = {};
for (const [, { node, path }] of [...operations].sort(([one], [other]) => (one < other ? -1 : 1))) {
  const document = complete(node, fragments);
  const [invalid] = validate(schema, document, specifiedRules);
  if (invalid !== undefined) fail(`${path}: ${invalid.message}`);
  const text = print(document);
  manifest[createHash('sha256').update(text).digest('hex')] = text;
}
const json = `${JSON.stringify(manifest, null, 2)}\n`;
if (values.out === undefined) process.stdout.write(json);
else {
  writeFileSync(values.out, json);
  process.stderr.write(`${operations.size} operations of ${paths.length} files are in ${values.out}.\n`);
}
