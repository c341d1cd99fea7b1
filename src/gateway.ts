import { randomBytes } from 'node:crypto';
import { ChangeFeed } from './changes/feed.ts';
import { MemoryLog } from './changes/memory-log.ts';
import { Publisher } from './changes/publisher.ts';
import { SourceStatuses } from './changes/source-statuses.ts';
import { Watchers } from './changes/watchers.ts';
import { WriteMarks } from './changes/write-marks.ts';
import type { Config } from './config.ts';
import type { Context, Coordination, UpstreamUse } from './context.ts';
import { type DraftLease, DraftLeases, standsFor } from './coordination/draft-leases.ts';
import { GivenBackVersions } from './coordination/given-back-versions.ts';
import { ResourceMutex } from './coordination/resource-mutex.ts';
import { VendorIdentities } from './coordination/vendor-identities.ts';
import type { ResourceKey } from './domain/identity.ts';
import { instantOf } from './domain/instant.ts';
import { once } from './domain/once.ts';
import type { SourceRateLimit } from './domain/source-status.ts';
import type { Account, CredentialScope } from './http/account.ts';
import { Operation, type OperationOptions, VendorHttp } from './http/operation.ts';
import { type SeenRateLimit, Upstream } from './http/upstream.ts';
import { createLoaders } from './loaders/loaders.ts';
import { observeSource } from './loaders/observe-source.ts';
import { withGivenBack } from './resolvers/given-back.ts';
import { keptLock, withLeases } from './resolvers/leased-lock.ts';
import { authenticate } from './server/authentication.ts';
import type { CallerInput } from './server/caller-input.ts';
import { createEngine, type GraphQLEngine } from './server/graphql-engine.ts';
import type { VendorDefinition } from './sources/definition.ts';
import { ProbeMemory } from './sources/probe-memory.ts';
import { createRegistry } from './sources/registry.ts';
import type { Source, SourceSlot } from './sources/source.ts';
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
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Makes what one operation sees. Throws when the caller or its credentials are not accepted. */
  createContext(caller: CallerInput, options?: ContextOptions): Context;
  /** The vendors as the gateway's own credentials see them, for readiness. */
  ownSlots(signal: AbortSignal): readonly SourceSlot[];
  dispose(): Promise<void>;
}

export interface ContextOptions {
  /** Most reads that the operation may cause; those that the configuration allows when left out. */
  readonly maxCalls?: number | undefined;
  /** How long it may take. Milliseconds; without end when left out. */
  readonly timeout?: number | undefined;
  /** The end of the change log, taken just before: what is read now is not older. */
  readonly cursor?: string | undefined;
  /** What is read joins no read that was sent before this, by the change log's clock. */
  readonly notBefore?: number | undefined;
  /** Where the client's transport says that it stands in the change log. */
  readonly resumeAfter?: string | undefined;
}

/** What a slot without credentials does. */
const unconnected = {
  watchTarget: undefined,
  source: undefined,
  ofCaller: false,
  self: () => undefined,
  learnSelf: () => undefined,
  forget: () => undefined,
  probe: async () => undefined,
  seenRateLimit: () => null,
  circuit: () => 'CLOSED' as const,
} as const;

function rateLimitOf(seen: SeenRateLimit | undefined): SourceRateLimit | null {
  if (seen === undefined) return null;
  return {
    limit: seen.limit,
    remaining: seen.remaining,
    resetsAt: seen.resetsAt === null ? null : instantOf(seen.resetsAt),
  };
}

export function createGateway({ config, logger }: GatewayOptions): Gateway {
  const metrics = createMetrics();
  const log = new MemoryLog(config.changeLog);
  const upstream = new Upstream({
    ...config.upstream,
    onCall: metrics.upstreamCall,
    onUnsent: metrics.upstreamUnsent,
    onRetry: metrics.upstreamRetry,
    onMismatch: metrics.mismatch,
    tick: () => log.now(),
  });
  const registry = createRegistry(config.sources, randomBytes(32));
  const probes = new ProbeMemory<CredentialScope>(config.probeInterval);
  const identities = new VendorIdentities();
  const leases = new DraftLeases({
    duration: config.draftLeaseDuration,
    onExpire: (dataset, lease) => {
      releaseDraft(dataset, lease).catch((error: unknown) => {
        logger.warn(
          { err: error, dataset: dataset.id },
          'a draft lease ended, and its lock could not be released',
        );
      });
    },
  });
  const givenBack = new GivenBackVersions();
  const coordination: Coordination = { mutex: new ResourceMutex(), leases };
  const statuses = new SourceStatuses(log);
  const marks = new WriteMarks(() => log.now());
  const watchers = new Watchers(
    {
      ...config.watch,
      lookTimeout: config.operationTimeout,
      onLag: metrics.detectionLag,
      onFault: (error) => logger.error({ err: error }, 'a look at a vendor went wrong'),
    },
    { log, statuses, marks },
  );
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
    const facts = { key, vendor, sandbox, datasetCapabilities, parts, howToConfigure };
    if (account === undefined) return { ...facts, ...unconnected };
    const { scope, ofCaller } = account;
    const http = new VendorHttp(operation, account, definition.protocol);
    // Leases keep callers apart who share credentials; with credentials of their own the vendor does.
    const shown = (connected: Source): Source =>
      withGivenBack(givenBack, ofCaller ? connected : withLeases(leases, connected));
    /** Made when it is first asked: most operations need one vendor of several, or none. */
    const connected = once((): Source => {
      const plain = shown(definition.connect(http));
      if (!feed.isAwaited()) return plain;
      return observeSource(plain, (facet, resource, state) => {
        const seen = 'lock' in state && !ofCaller ? { lock: keptLock(leases, resource, state.lock) } : state;
        publisher.saw(scope, facet, resource, seen, http.readsAsOf() ?? log.now()).catch((error: unknown) => {
          logger.error({ err: error }, 'what was read could not be told to the change log');
        });
      });
    });
    return {
      ...facts,
      get source() {
        return connected();
      },
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

  /** Finds out at once which accounts serve the caller; the slots are made when they are first asked for. */
  function slotsFor(operation: Operation, header: CallerInput['header']): () => readonly SourceSlot[] {
    const accounts = registry.map((definition) => definition.accountFor(header));
    return once(() => registry.map((definition, index) => slotOf(definition, operation, accounts[index])));
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

  /** Releases the vendor's lock that a lease stood for, with the credentials that took it. */
  function releaseDraft(dataset: ResourceKey<'DATASET'>, lease: DraftLease): Promise<void> {
    return coordination.mutex.run(dataset.id, async () => {
      // A caller may have taken it again while this waited.
      if (leases.get(dataset) !== undefined) return;
      const slots = slotsFor(operationFor(AbortSignal.timeout(config.operationTimeout)), () => undefined)();
      const slot = slots.find((candidate) => candidate.key === dataset.address.source);
      const { source, watchTarget } = slot ?? unconnected;
      const unlock = source?.datasets?.writer?.unlock;
      if (source === undefined || watchTarget === undefined || unlock === undefined) return;
      // One that the user of these credentials has taken anew at the vendor is not the gateway's to release.
      if (!standsFor(lease, (await source.datasets?.draftLock?.(dataset)) ?? null)) return;
      const { watch } = source;
      const target = {
        scope: watchTarget.scope,
        facets: ['DRAFT_LOCK'] as const,
        watch,
        forget: () => slot?.forget(),
      };
      await publisher.writing(
        target,
        dataset,
        () => unlock(dataset, slot?.self()),
        () => ({}),
      );
    });
  }

  function createContext(input: CallerInput, options: ContextOptions = {}): Context {
    const { cursor, resumeAfter } = options;
    const caller = authenticate(config.apiKeys, input.header('authorization'), Date.now());
    const operation = operationFor(input.signal, {
      maxCalls: options.maxCalls,
      // Whoever holds a cursor may read now what is to be no older than it.
      notBefore: Math.max(feed.cursorGivenAt, options.notBefore ?? Number.NEGATIVE_INFINITY),
      deadline: options.timeout === undefined ? undefined : Date.now() + options.timeout,
      caller: caller.anonymous ? undefined : caller.name,
    });
    const slots = slotsFor(operation, input.header);
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
      changes: { cursor, resumeAfter, signal: input.signal, feed, publisher, watchers },
      limits: { maxNodes: config.maxNodes, maxWatchedIds: config.watch.maxIds },
      onDrift: metrics.drift,
      upstreamUse: () => Object.fromEntries(operation.counts) satisfies Record<string, UpstreamUse>,
    };
  }

  const timeouts = {
    query: config.operationTimeout,
    mutation: config.mutationTimeout,
    // Its events are queries of their own.
    subscription: undefined,
  } as const;
  const engine = createEngine({
    documentLimits: config.documentLimits,
    introspection: config.introspection,
    alwaysTellUpstream: !config.production,
    maxQueryBytes: config.maxQueryBytes,
    createContext: (caller, { type, ...options }) =>
      createContext(caller, { ...options, timeout: timeouts[type] }),
    takeCursor: () => feed.cursor(),
    maxSubscriptions: config.streams.maxSubscriptions,
    eventTimeout: config.operationTimeout,
    report: (error, requestId) => logger.error({ err: error, requestId }, 'internal error'),
  });

  return {
    config,
    engine,
    metrics,
    logger,
    createContext,
    ownSlots: (signal) => slotsFor(operationFor(signal), () => undefined)(),
    dispose: async () => {
      leases.dispose();
      watchers.dispose();
      await log.dispose();
      await upstream.dispose();
    },
  };
}
