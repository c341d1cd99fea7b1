import { InvalidInputError } from '../domain/errors.ts';
import { UploadedFile } from '../domain/uploaded-file.ts';
import type { GraphQLParameters } from './graphql-parameters.ts';
import { readMembers } from './read-parameters.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** Most files that one request may bring. */
const maxFiles = 10;

function invalid(path: string, message: string): InvalidInputError {
  return new InvalidInputError(
    `\`${path}\` ${message} (GraphQL multipart request specification: parts \`operations\`, \`map\`, then the files).`,
    [{ path: [path], message }],
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readJson(form: FormData, part: string): Record<string, unknown> {
  const text = form.get(part);
  try {
    const json: unknown = JSON.parse(typeof text === 'string' ? text : '');
    if (isRecord(json)) return json;
  } catch {
    // Said below, as for JSON that is no object.
  }
  throw invalid(part, 'must be a JSON object');
}

/** An object or a list, whose members are reached by name alike. */
function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Puts a file where the map says: `variables.input.file`, which must be null in `operations`. */
function place(operations: Record<string, unknown>, path: string, file: UploadedFile): void {
  const [root, ...steps] = path.split('.');
  const last = steps.pop();
  let parent: unknown = root === 'variables' ? operations[root] : undefined;
  for (const step of steps) {
    parent = isContainer(parent) && Object.hasOwn(parent, step) ? parent[step] : undefined;
  }
  if (last === undefined || !isContainer(parent) || !Object.hasOwn(parent, last) || parent[last] !== null) {
    throw invalid('map', `says ${JSON.stringify(path.slice(0, 100))}, which is not a null in the variables`);
  }
  parent[last] = file;
}

/** Reads a multipart request. Throws InvalidInputError for everything that is not as the specification says. */
export async function readMultipart(
  body: Buffer,
  contentType: string,
  documents: TrustedDocuments,
): Promise<GraphQLParameters> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new InvalidInputError('The body is not multipart/form-data, or it is cut short.');
  }
  const operations = readJson(form, 'operations');
  const map = Object.entries(readJson(form, 'map'));
  if (map.length > maxFiles)
    throw invalid('map', `has ${map.length} files, and at most ${maxFiles} are taken`);
  for (const [name, paths] of map) {
    const part = form.get(name);
    if (!(part instanceof File))
      throw invalid('map', `names the part ${JSON.stringify(name.slice(0, 100))}, which is no file`);
    if (!Array.isArray(paths) || paths.length === 0)
      throw invalid('map', 'must give a list of paths for each file');
    const file = new UploadedFile(part.name, new Uint8Array(await part.arrayBuffer()));
    for (const path of paths) {
      if (typeof path !== 'string') throw invalid('map', 'must give paths as text');
      place(operations, path, file);
    }
  }
  return readMembers(operations, documents);
}
