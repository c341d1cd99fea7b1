import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLInputObjectType, getNamedType, isUnionType } from 'graphql';
import type { Answer, TestGateway } from '../support/gateway.ts';

/** What an error that came as data tells, whatever its type; members that its type does not have are not there. */
export interface Told {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly vendor?: string;
  readonly issues?: readonly {
    readonly path: readonly string[];
    readonly message: string;
    readonly code: string | null;
  }[];
  readonly vendorErrors?: readonly { readonly detail: string | null }[];
  readonly heldBy?: { readonly kind: string; readonly holder: { readonly name: string | null } } | null;
  readonly expectedRef?: string | null;
  readonly currentRef?: string | null;
  readonly existing?: { readonly __typename: string; readonly id: string } | null;
  readonly httpStatus?: number | null;
  readonly retryAfterSeconds?: number | null;
  readonly writtenTo?: string | null;
  readonly completedSteps?: readonly string[];
  readonly addedCount?: number;
  readonly updatedCount?: number;
  readonly removedCount?: number;
  readonly unknownCount?: number;
  readonly failures?: readonly ItemFailure[];
}
export interface ItemFailure {
  readonly path: readonly string[];
  readonly code: string;
  readonly message: string;
}

// A success has fields of the same names that are never null, so these need names of their own.
const selections: Readonly<Record<string, string>> = {
  InvalidInputError: 'issues { path message code } vendorErrors { detail }',
  NotFoundError: '',
  UnsupportedError: 'vendor',
  DraftLockedError: 'heldBy: lock { kind holder { name } }',
  VersionConflictError: 'expectedRef currentRef',
  AlreadyExistsError: 'existing { __typename id }',
  SourceFailure: 'vendor retryAfterSeconds httpStatus vendorErrors { detail }',
  OutcomeUnknownError: 'vendor',
  PartialWriteError:
    'writtenTo: datasetId completedSteps addedCount updatedCount removedCount unknownCount failures { path code message }',
};

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

/** Every mutation by name, in the order of the schema. */
export const mutationNames: readonly string[] = Object.keys(schema.getMutationType()?.getFields() ?? {});

function mutationOf(name: string) {
  const field = schema.getMutationType()?.getFields()[name];
  if (field === undefined) throw new Error(`there is no mutation ${name}`);
  return field;
}

/** The type of a mutation's `input`. */
export function inputTypeOf(name: string): GraphQLInputObjectType {
  const [argument] = mutationOf(name).args;
  const type = argument === undefined ? undefined : schema.getType(getNamedType(argument.type).name);
  if (type === undefined || !('getFields' in type) || !('isOneOf' in type))
    throw new Error(`${name} takes no input`);
  return type;
}

/** A document that runs a mutation and asks for all that its errors tell, and `success` of its success. */
export function mutationDocument(name: string, success = ''): string {
  const result = getNamedType(mutationOf(name).type);
  const members = isUnionType(result) ? result.getTypes().map((member) => member.name) : [];
  const parts = members.map((member) => {
    const fields = member.endsWith('Success') ? success : `code message ${selections[member] ?? ''}`;
    return fields === '' ? '' : `... on ${member} { ${fields} }`;
  });
  const input = inputTypeOf(name).name;
  return `mutation ($input: ${input}!) { ${name}(input: $input) { __typename ${parts.join(' ')} } }`;
}

export type Headers = Readonly<Record<string, string>>;

/** Sends a mutation; the whole answer. */
export function mutate<Success = object>(
  gateway: TestGateway,
  name: string,
  input: unknown,
  success = '',
  headers: Headers = {},
): Promise<Answer<Readonly<Record<string, Told & Partial<Success>>> | null>> {
  return gateway.query(mutationDocument(name, success), { input }, headers);
}

async function resultOf<Success>(
  gateway: TestGateway,
  name: string,
  input: unknown,
  success: string,
  headers: Headers,
): Promise<Told & Partial<Success>> {
  const { data, errors, text } = await mutate<Success>(gateway, name, input, success, headers);
  const result = data?.[name];
  if (errors !== undefined || result === undefined) throw new Error(`${name} gave no result: ${text}`);
  return result;
}

/** Runs a mutation that must succeed. What its success holds is known to the test that selects it. */
export async function succeed<Success = object>(
  gateway: TestGateway,
  name: string,
  input: unknown,
  success = '',
  headers: Headers = {},
): Promise<Success> {
  const result = await resultOf<Success>(gateway, name, input, success, headers);
  if (!result.__typename.endsWith('Success')) throw new Error(`${name} failed: ${JSON.stringify(result)}`);
  return result as Success; // A success has all that was selected of it.
}

/** Runs a mutation that must not succeed, and must tell why as data. */
export async function refused(
  gateway: TestGateway,
  name: string,
  input: unknown,
  headers: Headers = {},
): Promise<Told> {
  const result = await resultOf<object>(gateway, name, input, '', headers);
  if (result.__typename.endsWith('Success')) throw new Error(`${name} succeeded: ${JSON.stringify(result)}`);
  return result;
}

/** The paths of an error's issues, each joined by dots. */
export function pathsOf({ issues = [] }: Told): readonly string[] {
  return issues.map(({ path }) => path.join('.'));
}

const vendors = ['datadog', 'humanloop', 'posthog'] as const;

/** Requests other than reads that the vendors received since the requests were last taken. */
export function takeWrites(gateway: TestGateway): readonly string[] {
  return vendors.flatMap((vendor) =>
    gateway.received(vendor).filter((request) => !request.startsWith('GET ')),
  );
}
