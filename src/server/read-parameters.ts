import { InvalidInputError } from '../domain/errors.ts';
import type { GraphQLParameters } from './graphql-engine.ts';

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

/** Reads the members of a GraphQL request (GraphQL over HTTP). Throws InvalidInputError. */
export function readMembers(members: Readonly<Record<string, unknown>>): GraphQLParameters {
  const { query, operationName } = members;
  if (typeof query !== 'string' || query.trim() === '')
    throw invalid('query', 'must be a GraphQL document, as text');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw invalid('operationName', 'must be text');
  }
  readRecord(members['extensions'], 'extensions');
  return {
    query,
    operationName: operationName === null || operationName === '' ? undefined : operationName,
    variables: readRecord(members['variables'], 'variables'),
  };
}

/** Of the body of a POST. Throws InvalidInputError. */
export function readBody(body: string): GraphQLParameters {
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
  return readMembers(json);
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
export function readQuery(parameters: URLSearchParams): GraphQLParameters {
  return readMembers({
    query: parameters.get('query') ?? undefined,
    operationName: parameters.get('operationName') ?? undefined,
    variables: parseMember(parameters, 'variables'),
    extensions: parseMember(parameters, 'extensions'),
  });
}
