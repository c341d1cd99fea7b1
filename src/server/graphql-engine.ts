import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { AccessError, InvalidInputError } from '../domain/errors.ts';
import { schema } from '../schema/index.ts';
import type { CallerInput } from './caller-input.ts';
import type { DocumentLimits } from './document-limits.ts';
import { useDocumentLimits } from './plugins/use-document-limits.ts';
import { useIntrospectionSwitch } from './plugins/use-introspection-switch.ts';
import { type ReportInternal, shapeError } from './shape-error.ts';

export interface EngineOptions {
  readonly documentLimits: DocumentLimits;
  readonly introspection: boolean;
  /** Whether `extensions.upstream` is given without being asked for. */
  readonly alwaysTellUpstream: boolean;
  readonly maxQueryBytes: number;
  readonly createContext: (caller: CallerInput) => Context;
  readonly report: ReportInternal;
}

/** A GraphQL request, however it was sent. */
export interface GraphQLParameters {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

export interface EngineRequest extends GraphQLParameters {
  readonly caller: CallerInput;
  /** Size of the request's body, for the limit that holds for all but mutations. Bytes. */
  readonly bytes: number;
  /** GET may run queries only. */
  readonly queriesOnly: boolean;
  /** Told when it is about to be executed: its time begins. */
  readonly begin: (isMutation: boolean) => void;
}

export interface EngineResult {
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly GraphQLFormattedError[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  };
  /** What kept it from being executed at all. */
  readonly refused: 'document' | 'method' | 'size' | undefined;
}

export interface GraphQLEngine {
  execute(request: EngineRequest): Promise<EngineResult>;
  shape(error: unknown, requestId: string): GraphQLFormattedError;
}

function operationOf(document: DocumentNode, name: string | undefined): OperationTypeNode {
  const operation = getOperationAST(document, name);
  if (operation !== null && operation !== undefined) return operation.operation;
  throw new GraphQLError(
    name === undefined
      ? 'The document has several operations: say which one by `operationName`.'
      : `The document has no operation named ${JSON.stringify(name.slice(0, 100))}.`,
  );
}

/** Parses, validates and executes over one pipeline of envelop plugins, for every transport. */
export function createEngine(options: EngineOptions): GraphQLEngine {
  const yoga = createYoga({
    schema,
    graphiql: false,
    landingPage: false,
    logging: false,
    // Errors are shaped in one place, below, whichever way they come.
    maskedErrors: false,
    // The caps are those of graphql-yoga's own caches: 1,024 documents each.
    plugins: [useDocumentLimits(options.documentLimits), useIntrospectionSwitch(options.introspection)],
  });
  const shape = (error: unknown, requestId: string): GraphQLFormattedError => {
    const shaped = shapeError(error, requestId, options.report);
    if (options.introspection) return shaped;
    // Validation and the coercion of variables both suggest names that the schema has.
    return { ...shaped, message: shaped.message.replace(/ Did you mean .+\?$/, '') };
  };

  function refuse(
    refused: EngineResult['refused'],
    errors: readonly unknown[],
    requestId: string,
  ): EngineResult {
    return { body: { errors: errors.map((error) => shape(error, requestId)) }, refused };
  }

  function resultOf(result: ExecutionResult, context: Context, caller: CallerInput): EngineResult {
    const tell = options.alwaysTellUpstream || caller.header('x-lockstep-upstream') === '1';
    const { errors } = result;
    return {
      body: {
        ...(errors === undefined ? {} : { errors: errors.map((error) => shape(error, caller.requestId)) }),
        ...('data' in result ? { data: result.data } : {}),
        ...(tell ? { extensions: { upstream: context.upstreamUse() } } : {}),
      },
      // Without data it was never executed: its variables do not fit.
      refused: 'data' in result ? undefined : 'document',
    };
  }

  async function execute(request: EngineRequest): Promise<EngineResult> {
    const { caller, query, operationName, variables } = request;
    const { requestId } = caller;
    // The type says what Yoga's own HTTP adapter puts in; the plugins in use look at none of it.
    const enveloped = yoga.getEnveloped({} as never);
    let document: DocumentNode;
    let type: OperationTypeNode;
    try {
      document = enveloped.parse(query);
      const invalid = enveloped.validate(enveloped.schema, document);
      if (invalid.length > 0) return refuse('document', invalid, requestId);
      type = operationOf(document, operationName);
      if (request.queriesOnly && type !== OperationTypeNode.QUERY) {
        return refuse(
          'method',
          [new InvalidInputError(`A ${type} cannot be sent by GET: send it by POST.`)],
          requestId,
        );
      }
      if (type !== OperationTypeNode.MUTATION && request.bytes > options.maxQueryBytes) {
        const message = `The request has ${request.bytes} bytes; a ${type} may have at most ${options.maxQueryBytes}.`;
        return refuse('size', [new InvalidInputError(message)], requestId);
      }
    } catch (error) {
      return refuse('document', [error], requestId);
    }
    const context = options.createContext(caller);
    if (type !== OperationTypeNode.MUTATION && !context.caller.scopes.has('read')) {
      throw new AccessError(
        'FORBIDDEN',
        `The key "${context.caller.name}" of this gateway has no scope \`read\`: queries need it.`,
      );
    }
    request.begin(type === OperationTypeNode.MUTATION);
    const result: ExecutionResult = await enveloped.execute({
      schema: enveloped.schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName,
    });
    return resultOf(result, context, caller);
  }

  return { execute, shape };
}
