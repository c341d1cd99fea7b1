import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute as executeByGraphQL,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Context } from '../context.ts';
import type { FeedEvent } from '../domain/change.ts';
import {
  AccessError,
  FeedUnavailableError,
  InvalidInputError,
  type LockstepError,
  TooExpensiveError,
} from '../domain/errors.ts';
import { schema } from '../schema/index.ts';
import type { CallerInput } from './caller-input.ts';
import type { DocumentLimits } from './document-limits.ts';
import { Documents, type KnownDocument } from './documents.ts';
import type { GraphQLParameters } from './graphql-parameters.ts';
import { type OperationCost, OperationCosts } from './operation-cost.ts';
import { OperationLifetime } from './operation-lifetime.ts';
import { useDocumentLimits } from './plugins/use-document-limits.ts';
import { useIntrospectionSwitch } from './plugins/use-introspection-switch.ts';
import { useWholeSubscriptions } from './plugins/use-whole-subscriptions.ts';
import { type ResultBody, ResultStream } from './result-stream.ts';
import { type ReportInternal, shapeError } from './shape-error.ts';
import { type ExecutedEvent, groupKeyOf, SharedEvents } from './shared-events.ts';

export interface EngineOptions {
  readonly documentLimits: DocumentLimits;
  /** Most calls that an operation may cost at worst. */
  readonly maxCost: number;
  readonly introspection: boolean;
  /** Whether `extensions.upstream` and `extensions.cost` are given without being asked for. */
  readonly alwaysTellUpstream: boolean;
  readonly maxQueryBytes: number;
  readonly createContext: (
    caller: CallerInput,
    options: {
      readonly type: `${OperationTypeNode}`;
      readonly cursor?: string | undefined;
      readonly cursorFailure?: LockstepError | undefined;
      readonly resumeAfter?: string | undefined;
      readonly notBefore?: number | undefined;
    },
  ) => Context;
  /** The end of the change log. */
  readonly takeCursor: () => Promise<string>;
  /** Most subscriptions under way at once. */
  readonly maxSubscriptions: number;
  /** Longest that the reading of what one event shows may take. Milliseconds. */
  readonly eventTimeout: number;
  readonly report: ReportInternal;
}

export interface EngineRequest extends GraphQLParameters {
  readonly caller: CallerInput;
  /** Size of the request's body, for the limit that holds for all but mutations. Bytes. */
  readonly bytes: number;
  /** The one kind of operation that may be sent this way; undefined: any. */
  readonly only?: OperationTypeNode | undefined;
  /** Told when it is about to be executed: its time begins. */
  readonly begin: (isMutation: boolean) => void;
}

export interface EngineResult {
  readonly body: ResultBody;
  /** What kept it from being executed at all. */
  readonly refused: 'document' | 'method' | 'size' | undefined;
}

/** A subscription; it goes on until its stream is returned or the caller's signal aborts. */
export interface SubscribeRequest extends Omit<EngineRequest, 'begin' | 'only'> {
  /** The cursor that the transport says the client stands at; goes before what the document says. */
  readonly resumeAfter?: string | undefined;
}

export interface GraphQLEngine {
  /** Executes a query or a mutation. Throws AccessError for a caller who may not. */
  execute(request: EngineRequest): Promise<EngineResult>;
  /** Follows a subscription; a result when it cannot begin. Throws AccessError for a caller who may not. */
  subscribe(request: SubscribeRequest): Promise<ResultStream | EngineResult>;
  /** Parses a document within the limits. Throws GraphQLError. */
  parse(query: string): DocumentNode;
  shape(error: unknown, requestId: string): GraphQLFormattedError;
}

/** How a kind of operation is sent that cannot be sent by the way that was tried. */
const elsewhere: Readonly<Record<OperationTypeNode, string>> = {
  query: 'send it by POST, or by GET without `accept: text/event-stream`',
  mutation: 'send it by POST',
  subscription: 'send it over a WebSocket, or with `accept: text/event-stream`',
};

interface Prepared extends KnownDocument {
  readonly type: OperationTypeNode;
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
    // `documents` keeps them, and knows how large they are.
    parserAndValidationCache: false,
    plugins: [
      useDocumentLimits(options.documentLimits),
      useIntrospectionSwitch(options.introspection),
      useWholeSubscriptions(),
    ],
  });
  const documents = new Documents(schema);
  const costs = new OperationCosts({ schema, limit: options.maxCost });
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

  /** Whether a caller is told what its operation has spent. */
  function tells(caller: CallerInput): boolean {
    return options.alwaysTellUpstream || caller.header('x-lockstep-upstream') === '1';
  }

  function resultOf(
    result: ExecutionResult,
    cost: OperationCost,
    context: Context,
    caller: CallerInput,
  ): EngineResult {
    const { errors } = result;
    return {
      body: {
        ...(errors === undefined ? {} : { errors: errors.map((error) => shape(error, caller.requestId)) }),
        ...('data' in result ? { data: result.data } : {}),
        ...(tells(caller) ? { extensions: { upstream: context.upstreamUse(), cost } } : {}),
      },
      // Without data it was never executed: its variables do not fit.
      refused: 'data' in result ? undefined : 'document',
    };
  }

  function readDocument(query: string): KnownDocument | readonly GraphQLError[] {
    // The type says what Yoga's own HTTP adapter puts in; the plugins in use look at none of it.
    const { parse, validate } = yoga.getEnveloped({} as never);
    return documents.read(query, { parse, validate: (document) => validate(schema, document) });
  }

  /** The document of a request, parsed and valid, and what it asks for; or why it is refused. */
  function prepare(request: Omit<EngineRequest, 'begin'>): Prepared | EngineResult {
    const { caller, query, operationName } = request;
    const { requestId } = caller;
    try {
      const known = documents.find(query) ?? readDocument(query);
      if (!('document' in known)) return refuse('document', known, requestId);
      const type = operationOf(known.document, operationName);
      if (request.only !== undefined && type !== request.only) {
        const message = `A ${type} cannot be sent this way: ${elsewhere[type]}.`;
        return refuse('method', [new InvalidInputError(message)], requestId);
      }
      if (type !== OperationTypeNode.MUTATION && request.bytes > options.maxQueryBytes) {
        const message = `The request has ${request.bytes} bytes; a ${type} may have at most ${options.maxQueryBytes}.`;
        return refuse('size', [new InvalidInputError(message)], requestId);
      }
      return { ...known, type };
    } catch (error) {
      return refuse('document', [error], requestId);
    }
  }

  function mayRead(context: Context): void {
    if (context.caller.permissions.read.size > 0) return;
    throw new AccessError(
      'FORBIDDEN',
      `${context.caller.name} has no scope \`read\` at this gateway: queries need it.`,
    );
  }

  /** Without one the rest of the operation is answered all the same. */
  async function takeCursor(): Promise<{ cursor: string } | { cursorFailure: LockstepError }> {
    try {
      return { cursor: await options.takeCursor() };
    } catch (error) {
      if (error instanceof FeedUnavailableError) return { cursorFailure: error };
      throw error;
    }
  }

  /** What an operation costs at worst, or that it is too much. */
  function weigh(
    { operationName, variables, caller }: Omit<EngineRequest, 'begin'>,
    document: DocumentNode,
    { slots }: Context,
  ): OperationCost | EngineResult {
    try {
      return costs.check({ document, operationName, variables, slots });
    } catch (error) {
      if (error instanceof TooExpensiveError) return refuse('document', [error], caller.requestId);
      throw error;
    }
  }

  async function execute(request: EngineRequest): Promise<EngineResult> {
    const { caller, operationName, variables } = request;
    const prepared = prepare(request);
    if ('body' in prepared) return prepared;
    const { document, queries, type } = prepared;
    if (type === OperationTypeNode.SUBSCRIPTION) {
      const message = `A subscription cannot be answered this way: ${elsewhere[type]}.`;
      return refuse('method', [new InvalidInputError(message)], caller.requestId);
    }
    // Before anything is read, or a change could be in the log before the cursor and not in the data.
    const taken = request.query.includes('changeCursor') ? await takeCursor() : undefined;
    const context = options.createContext(caller, { type, ...taken });
    if (type !== OperationTypeNode.MUTATION) mayRead(context);
    const cost = weigh(request, document, context);
    if ('body' in cost) return cost;
    request.begin(type === OperationTypeNode.MUTATION);
    const planned =
      type === OperationTypeNode.QUERY ? queries?.execute({ operationName, variables, context }) : undefined;
    const common = { schema, document, variableValues: variables, operationName };
    const result = await (planned ?? executeByGraphQL({ ...common, contextValue: context }));
    return resultOf(result, cost, context, caller);
  }

  let subscriptions = 0;
  const sharedEvents = new SharedEvents();

  async function subscribe(request: SubscribeRequest): Promise<ResultStream | EngineResult> {
    const { caller, operationName, variables } = request;
    const prepared = prepare({ ...request, only: OperationTypeNode.SUBSCRIPTION });
    if ('body' in prepared) return prepared;
    const { document } = prepared;
    const context = options.createContext(caller, { type: 'subscription', resumeAfter: request.resumeAfter });
    mayRead(context);
    const weighed = weigh(request, document, context);
    if ('body' in weighed) return weighed;
    const cost = weighed;
    if (subscriptions >= options.maxSubscriptions) {
      throw new TooExpensiveError(
        `This gateway has ${subscriptions} subscriptions under way, and takes no more. Try again later.`,
        options.maxSubscriptions,
      );
    }
    const common = { schema, document, variableValues: variables, operationName };
    subscriptions += 1;
    let events: AsyncIterator<FeedEvent>;
    try {
      const source = await createSourceEventStream({ ...common, contextValue: context });
      if (!(Symbol.asyncIterator in source)) {
        subscriptions -= 1;
        return resultOf(source, cost, context, caller);
      }
      // What the subscription fields of this schema give, and nothing else.
      events = (source as AsyncIterable<FeedEvent>)[Symbol.asyncIterator]();
    } catch (error) {
      subscriptions -= 1;
      throw error;
    }
    const failed = (error: unknown): ResultBody => ({ errors: [shape(error, caller.requestId)] });
    const group = sharedEvents.join(groupKeyOf(request, context));

    /** Each event is an operation of its own: what it shows is read for it. */
    async function executeEvent(event: FeedEvent, signal: AbortSignal): Promise<ExecutedEvent> {
      const lifetime = new OperationLifetime();
      const leave = (): void => lifetime.abandon();
      signal.addEventListener('abort', leave, { once: true });
      lifetime.start(options.eventTimeout);
      try {
        const fresh = options.createContext(
          { ...caller, signal: lifetime.signal },
          // Told in milliseconds, it may have been any time within the last of them.
          { type: 'query', notBefore: Date.parse(event.observedAt) + 1 },
        );
        const result = await executeByGraphQL({
          ...common,
          contextValue: fresh,
          rootValue: event,
        });
        const { body } = resultOf(result, cost, fresh, caller);
        return { body, isTimeless: Object.keys(fresh.upstreamUse()).length === 0 };
      } catch (error) {
        return { body: failed(error), isTimeless: false };
      } finally {
        lifetime.finish();
        signal.removeEventListener('abort', leave);
      }
    }

    return new ResultStream({
      events,
      // What an operation spent is told to nobody else.
      execute: async (event) =>
        tells(caller)
          ? (await executeEvent(event, caller.signal)).body
          : group.execute(event, caller.signal, executeEvent),
      expiresAt: context.caller.expiresAt,
      expired: () =>
        failed(
          new AccessError(
            'UNAUTHENTICATED',
            'The key of this subscription has expired. Go on with a new one, after the last `cursor`.',
          ),
        ),
      failed,
      onEnd: () => {
        subscriptions -= 1;
        group.leave();
      },
    });
  }

  return {
    execute,
    subscribe,
    parse: (query) => documents.find(query)?.document ?? yoga.getEnveloped({} as never).parse(query), // As above.
    shape,
  };
}
