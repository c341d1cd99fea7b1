import { InvalidInputError } from '../domain/errors.ts';
import type { GraphQLParameters } from './graphql-parameters.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(path: string, message: string): InvalidInputError {
  return new InvalidInputError(`\`${path}\` ${message}.`, [{ path: [path], message }]);
}

function readRecord(value: unknown, path: string): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  if (isRecord(value)) return value;
  throw invalid(path, 'must be a JSON object');
}

function readText(value: unknown, path: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw invalid(path, 'must be text');
}

/** The id of a document, as GraphQL over HTTP has it, or as Apollo's clients send it. */
function readDocumentId(
  members: Readonly<Record<string, unknown>>,
  extensions: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const persisted = readRecord(extensions?.['persistedQuery'], 'extensions.persistedQuery');
  return (
    readText(members['documentId'], 'documentId') ??
    readText(persisted?.['sha256Hash'], 'extensions.persistedQuery.sha256Hash')
  );
}

/**
 * Reads the members of a GraphQL request (GraphQL over HTTP). Throws InvalidInputError, and AccessError for a document
 * that may not run.
 */
export function readMembers(
  members: Readonly<Record<string, unknown>>,
  documents: TrustedDocuments,
): GraphQLParameters {
  const { query, operationName } = members;
  if (query !== undefined && query !== null && typeof query !== 'string') {
    throw invalid('query', 'must be a GraphQL document, as text');
  }
  const extensions = readRecord(members['extensions'], 'extensions');
  const id = readDocumentId(members, extensions);
  return {
    query: documents.textOf({ query: query ?? undefined, id }),
    operationName: readText(operationName, 'operationName'),
    variables: readRecord(members['variables'], 'variables'),
  };
}

/** Of the body of a POST. Throws InvalidInputError. */
export function readBody(body: string, documents: TrustedDocuments): GraphQLParameters {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new InvalidInputError('The body is not JSON: send {"query": "…", "variables": {…}}.');
  }
  if (Array.isArray(json)) {
    throw new InvalidInputError('Several operations in one request are not served: send one each.');
  }
  if (!isRecord(json)) throw new InvalidInputError('The body must be a JSON object: {"query": "…"}.');
  return readMembers(json, documents);
}

function parseMember(parameters: URLSearchParams, name: string): unknown {
  const text = parameters.get(name);
  if (text === null || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(name, 'must be JSON');
  }
}

/** Of the query of a GET. Throws InvalidInputError. */
export function readQuery(parameters: URLSearchParams, documents: TrustedDocuments): GraphQLParameters {
  const members = {
    query: parameters.get('query') ?? undefined,
    documentId: parameters.get('documentId') ?? undefined,
    operationName: parameters.get('operationName') ?? undefined,
    variables: parseMember(parameters, 'variables'),
    extensions: parseMember(parameters, 'extensions'),
  };
  return readMembers(members, documents);
}
