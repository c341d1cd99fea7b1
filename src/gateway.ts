import { ChangeFeed } from './changes/feed.ts';
import { Publisher } from './changes/publisher.ts';
import { SourceStatuses } from './changes/source-statuses.ts';
import { Watchers } from './changes/watchers.ts';
import { WriteMarks } from './changes/write-marks.ts';
import type { Config } from './config.ts';
import type { Context, Coordination, UpstreamUse } from './context.ts';
import { VendorIdentities } from './coordination/vendor-identities.ts';
import { FeedUnavailableError, type LockstepError } from './domain/errors.ts';
import { once } from './domain/once.ts';
import { vendorNames } from './domain/vendor.ts';
import type { Account, CredentialScope } from './http/account.ts';
import { Operation, type OperationOptions, VendorHttp } from './http/operation.ts';
import { Upstream } from './http/upstream.ts';
import { createLoaders } from './loaders/loaders.ts';
import { observeSource } from './loaders/observe-source.ts';
import { withGivenBack } from './resolvers/given-back.ts';
import { keptLock, withLeases } from './resolvers/leased-lock.ts';
import { releaseDraft } from './resolvers/writes/release-draft.ts';
import { schema } from './schema/index.ts';
import { Authentication, stillKnown } from './server/authentication.ts';
import { accountOf } from './server/caller-credentials.ts';
import type { CallerInput } from './server/caller-input.ts';
import { CallerRate } from './server/caller-rate.ts';
import { createEngine, type GraphQLEngine } from './server/graphql-engine.ts';
import { TrustedDocuments } from './server/trusted-documents.ts';
import { createShared } from './shared.ts';
import type { VendorDefinition } from './sources/definition.ts';
import { ListCounts } from './sources/list-counts.ts';
import { ProbeMemory } from './sources/probe-memory.ts';
import { rateLimitOf } from './sources/rate-limit-of.ts';
import { createRegistry } from './sources/registry.ts';
import type { Source, SourceCosts, SourceSlot } from './sources/source.ts';
import { unconnectedSlot } from './sources/unconnected-slot.ts';
import type { Logger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly logger: Logger;
}

/** The composition root as a value: everything but the socket. */
export interface Gateway {
  readonly config: Config;
  readonly engine: GraphQLEngine;
  readonly authentication: Authentication;
  readonly callerRate: CallerRate;
  readonly documents: TrustedDocuments;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Makes what one operation sees. Throws when the caller is no longer known, or its credentials are not accepted. */
  createContext(caller: CallerInput, options?: ContextOptions): Context;
  /** The vendors as the gateway's own credentials see them, for readiness. */
  ownSlots(signal: AbortSignal): readonly SourceSlot[];
  /** Resolves when what instances share is reached, or after a while. */
  ready(): Promise<void>;
  /** Whether instances are joined, and why they cannot reach what they share. */
  joined(): { readonly instance: string; readonly outage: string | undefined } | undefined;
  dispose(): Promise<void>;
}

export interface ContextOptions {
  /** What is shown of a mutation's outcome may be seen by whoever may write there. Default: `query`. */
  readonly type?: 'query' | 'mutation' | 'subscription' | undefined;
  /** Most reads that the operation may cause; those that the configuration allows when left out. */
  readonly maxCalls?: number | undefined;
  /** How long it may take. Milliseconds; without end when left out. */
  readonly timeout?: number | undefined;
  /** The end of the change log, taken just before: what is read now is not older. */
  readonly cursor?: string | undefined;
  readonly cursorFailure?: LockstepError | undefined;
  /** What is read joins no read that was sent before this, by the change log's clock. */
  readonly notBefore?: number | undefined;
  /** Where the client's transport says that it stands in the change log. */
  readonly resumeAfter?: string | undefined;
}

export function createGateway({ config, logger }: GatewayOptions): Gateway {
  const metrics = createMetrics();
  const shared = createShared(config);
  const { givenBack, log, mutex } = shared;
  const upstream = new Upstream({
    ...config.upstream,
    onCall: metrics.upstreamCall,
    onUnsent: metrics.upstreamUnsent,
    onRetry: metrics.upstreamRetry,
    onMismatch: metrics.mismatch,
    tick: () => log.now(),
  });
  const authentication = new Authentication(config, (error) =>
    logger.error({ err: error }, 'tokens cannot be checked'),
  );
  const registry = createRegistry(config.sources, shared.scopeKey);
  const probes = new ProbeMemory<CredentialScope>(config.probeInterval);
  const listCounts = new ListCounts<CredentialScope>();
  const identities = new VendorIdentities();
  const leases = shared.createDraftLeases({
    duration: config.draftLeaseDuration,
    onExpire: (dataset, lease) => {
      const slots = (): readonly SourceSlot[] =>
        ownSlots(operationFor(AbortSignal.timeout(config.operationTimeout)), lease.holder.id);
      releaseDraft({ coordination, publisher, slots }, dataset, lease).catch((error: unknown) => {
        logger.warn(
          { err: error, dataset: dataset.id },
          'a draft lease ended, and its lock could not be released',
        );
      });
    },
  });
  const coordination: Coordination = { mutex, leases };
  const statuses = new SourceStatuses(log);
  const marks = new WriteMarks(() => log.now());
  const watchers = new Watchers(
    {
      ...config.watch,
      lookTimeout: config.operationTimeout,
      onLag: metrics.detectionLag,
      onFault: (error) => logger.error({ err: error }, 'a look at a vendor went wrong'),
      onNudge: shared.nudge,
    },
    { log, statuses, marks, leases: shared.watchLeases },
  );
  shared.onNudge((id, exceptScope) => watchers.nudgeHere(id, exceptScope));
  const feed = new ChangeFeed({ log, watchers, statuses, cursorLife: config.changeLog.maxAge });
  const publisher = new Publisher({
    log,
    marks,
    watchers,
    isAwaited: () => feed.isAwaited(),
    onUnseen: (error) => logger.warn({ err: error }, 'what was written could not be looked at'),
  });
  metrics.follow(() => ({ subscribers: feed.subscribers, watchLoops: watchers.loops }));

  function slotOf(
    definition: VendorDefinition,
    operation: Operation,
    account: Account | undefined,
  ): SourceSlot {
    const { key, vendor, sandbox, datasetCapabilities, parts, howToConfigure } = definition;
    let known: SourceCosts | undefined;
    const costs = (): SourceCosts => {
      known ??= definition.costs((account && listCounts.get(account.scope)) ?? config.cost.assumedProjects);
      return known;
    };
    const facts = { key, vendor, sandbox, datasetCapabilities, parts, costs };
    if (account === undefined) {
      const message = `There are no credentials for ${vendorNames[vendor]}. ${howToConfigure}`;
      return unconnectedSlot(facts, { code: 'UNAUTHENTICATED', message });
    }
    const { scope, ofCaller } = account;
    const http = new VendorHttp(operation, account, definition.protocol);
    // Leases keep callers apart who share credentials; with credentials of their own the vendor does.
    const shown = (connected: Source): Source =>
      withGivenBack(givenBack, ofCaller ? connected : withLeases(leases, scope, connected));
    /** Made when it is first asked: most operations need one vendor of several, or none. */
    const connected = once((): Source => {
      const plain = listCounts.counting(scope, shown(definition.connect(http)));
      if (!feed.wantsReads()) return plain;
      return observeSource(plain, (facet, resource, state) => {
        const asOf = http.readsAsOf() ?? log.now();
        const seen = async (): Promise<void> => {
          const isShared = 'lock' in state && !ofCaller;
          const kept = isShared ? { lock: await keptLock(leases, scope, resource, state.lock) } : state;
          await publisher.saw(scope, facet, resource, kept, asOf);
        };
        seen().catch((error: unknown) => {
          // That the log cannot be reached is told once, where it shows.
          if (error instanceof FeedUnavailableError) return;
          logger.error({ err: error }, 'what was read could not be told to the change log');
        });
      });
    });
    return {
      ...facts,
      get source() {
        return connected();
      },
      refusal: undefined,
      ofCaller,
      watchTarget: {
        scope,
        source: key,
        vendor,
        ofCaller,
        connect: (signal) => {
          const background = operationFor(signal, { background: true });
          const looking = new VendorHttp(background, account, definition.protocol);
          return {
            watch: shown(definition.connect(looking)).watch,
            readsAsOf: () => looking.readsAsOf(),
          };
        },
        spareIn: () => upstream.spareIn(account),
      },
      self: () => identities.get(account.scope),
      learnSelf: (vendorId) => identities.learn(account.scope, vendorId),
      forget: () => http.forget(),
      probe: () =>
        probes.run(
          account.scope,
          () => connected().probe(),
          () => !operation.hasEnded,
        ),
      seenRateLimit: () => rateLimitOf(upstream.seenRateLimit(account.scope)),
      circuit: () => upstream.circuit(account.scope),
    };
  }

  /** The vendors with the credentials that the configuration has for a caller. */
  function ownSlots(operation: Operation, callerId = ''): readonly SourceSlot[] {
    return registry.map((definition) =>
      slotOf(
        definition,
        operation,
        accountOf(definition, config.callerCredentials, callerId, () => undefined),
      ),
    );
  }

  /**
   * The vendors as a caller may see them. Which accounts serve it is found out at once; the slots are made when they are
   * first asked for.
   */
  function slotsFor(
    operation: Operation,
    { caller, header }: CallerInput,
    mayWrite: boolean,
  ): () => readonly SourceSlot[] {
    const { read, write } = caller.permissions;
    const accounts = registry.map((definition) =>
      accountOf(definition, config.callerCredentials, caller.id, header),
    );
    return once(() =>
      registry.map((definition, index) => {
        if (read.has(definition.vendor) || (mayWrite && write.has(definition.vendor))) {
          return slotOf(definition, operation, accounts[index]);
        }
        const scope = `read:${definition.vendor.toLowerCase()}`;
        const message = `You may not read ${vendorNames[definition.vendor]} through this gateway: that takes the scope \`read\` or \`${scope}\`.`;
        return { ...slotOf(definition, operation, undefined), refusal: { code: 'FORBIDDEN', message } };
      }),
    );
  }

  function operationFor(
    signal: AbortSignal,
    options: Omit<OperationOptions, 'upstream' | 'signal' | 'maxCalls' | 'maxWrites'> & {
      readonly maxCalls?: number | undefined;
    } = {},
  ): Operation {
    return new Operation({
      ...options,
      upstream,
      signal,
      maxCalls: options.maxCalls ?? config.maxUpstreamCalls,
      maxWrites: config.maxUpstreamWrites,
    });
  }

  function createContext(input: CallerInput, options: ContextOptions = {}): Context {
    const { cursor, cursorFailure, resumeAfter } = options;
    const { caller } = input;
    stillKnown(caller);
    const operation = operationFor(input.signal, {
      maxCalls: options.maxCalls,
      // Whoever holds a cursor may read now what is to be no older than it.
      notBefore: Math.max(feed.cursorGivenAt, options.notBefore ?? Number.NEGATIVE_INFINITY),
      deadline: options.timeout === undefined ? undefined : Date.now() + options.timeout,
      caller: caller.anonymous ? undefined : caller.id,
      writable: caller.permissions.write,
    });
    const slots = slotsFor(operation, input, options.type === 'mutation');
    const loaders = once(() => createLoaders(slots));
    // What comes with a cursor joins no read that began before it.
    if (cursor !== undefined) for (const slot of slots()) slot.forget();
    return {
      caller,
      requestId: input.requestId,
      get slots() {
        return slots();
      },
      get loaders() {
        return loaders();
      },
      forget: () => {
        loaders().clear();
        for (const slot of slots()) slot.forget();
      },
      coordination,
      changes: { cursor, cursorFailure, resumeAfter, signal: input.signal, feed, publisher, watchers },
      limits: { maxNodes: config.maxNodes, maxWatchedIds: config.watch.maxIds },
      onDrift: metrics.drift,
      upstreamUse: () => Object.fromEntries(operation.counts) satisfies Record<string, UpstreamUse>,
    };
  }

  const documents = new TrustedDocuments(config.trustedDocuments);
  for (const [id, reason] of documents.unfit(schema)) {
    logger.warn({ document: id, reason }, 'a trusted document does not fit the schema');
  }
  const timeouts = {
    query: config.operationTimeout,
    mutation: config.mutationTimeout,
    // Its events are queries of their own.
    subscription: undefined,
  } as const;
  const engine = createEngine({
    documentLimits: config.documentLimits,
    maxCost: config.cost.limit,
    introspection: config.introspection,
    alwaysTellUpstream: !config.production,
    maxQueryBytes: config.maxQueryBytes,
    createContext: (caller, options) =>
      createContext(caller, { ...options, timeout: timeouts[options.type] }),
    takeCursor: () => feed.cursor(),
    maxSubscriptions: config.streams.maxSubscriptions,
    eventTimeout: config.operationTimeout,
    report: (error, requestId) => logger.error({ err: error, requestId }, 'internal error'),
  });

  return {
    config,
    engine,
    authentication,
    callerRate: new CallerRate(config.callerRate),
    documents,
    metrics,
    logger,
    createContext,
    ownSlots: (signal) => ownSlots(operationFor(signal)),
    ready: shared.ready,
    joined: shared.joined,
    dispose: async () => {
      leases.dispose();
      watchers.dispose();
      await shared.dispose();
      await upstream.dispose();
    },
  };
}
