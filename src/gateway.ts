import { randomBytes } from 'node:crypto';
import type { Config } from './config.ts';
import type { Context, Coordination, UpstreamUse } from './context.ts';
import { type DraftLease, DraftLeases, standsFor } from './coordination/draft-leases.ts';
import { ResourceMutex } from './coordination/resource-mutex.ts';
import { VendorIdentities } from './coordination/vendor-identities.ts';
import type { ResourceKey } from './domain/identity.ts';
import { instantOf } from './domain/instant.ts';
import type { SourceRateLimit } from './domain/source-status.ts';
import type { Account, CredentialScope } from './http/account.ts';
import { Operation, VendorHttp } from './http/operation.ts';
import { type SeenRateLimit, Upstream } from './http/upstream.ts';
import { createLoaders } from './loaders/loaders.ts';
import { authenticate } from './server/authentication.ts';
import type { CallerInput } from './server/caller-input.ts';
import { createEngine, type GraphQLEngine } from './server/graphql-engine.ts';
import type { VendorDefinition } from './sources/definition.ts';
import { ProbeMemory } from './sources/probe-memory.ts';
import { createRegistry } from './sources/registry.ts';
import type { SourceSlot } from './sources/source.ts';
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
  /**
   * Makes what one operation sees. Throws when the caller or its credentials are not accepted. `maxCalls`: most reads
   * that it may cause; those that the configuration allows when left out.
   */
  createContext(caller: CallerInput, maxCalls?: number): Context;
  /** The vendors as the gateway's own credentials see them, for readiness. */
  ownSlots(signal: AbortSignal): readonly SourceSlot[];
  dispose(): Promise<void>;
}

/** What a slot without credentials does. */
const unconnected = {
  source: undefined,
  ofCaller: false,
  self: () => undefined,
  learnSelf: () => undefined,
  forget: () => undefined,
  probe: async () => undefined,
  seenRateLimit: () => null,
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
  const upstream = new Upstream({ ...config.upstream, onCall: metrics.upstreamCall });
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
  const coordination: Coordination = { mutex: new ResourceMutex(), leases };

  function slotOf(
    definition: VendorDefinition,
    operation: Operation,
    account: Account | undefined,
  ): SourceSlot {
    const { key, vendor, sandbox, datasetCapabilities, parts, howToConfigure } = definition;
    const facts = { key, vendor, sandbox, datasetCapabilities, parts, howToConfigure };
    if (account === undefined) return { ...facts, ...unconnected };
    const http = new VendorHttp(operation, account, definition.protocol);
    const source = definition.connect(http);
    return {
      ...facts,
      source,
      ofCaller: account.ofCaller,
      self: () => identities.get(account.scope),
      learnSelf: (vendorId) => identities.learn(account.scope, vendorId),
      forget: () => http.forget(),
      probe: () =>
        probes.run(
          account.scope,
          () => source.probe(),
          () => !operation.hasEnded,
        ),
      seenRateLimit: () => rateLimitOf(upstream.seenRateLimit(account.scope)),
    };
  }

  function slotsFor(operation: Operation, header: CallerInput['header']): readonly SourceSlot[] {
    return registry.map((definition) => slotOf(definition, operation, definition.accountFor(header)));
  }

  function operationFor(signal: AbortSignal, maxCalls = config.maxUpstreamCalls): Operation {
    return new Operation({
      upstream,
      signal,
      maxCalls,
      maxWrites: config.maxUpstreamWrites,
    });
  }

  /** Releases the vendor's lock that a lease stood for, with the credentials that took it. */
  function releaseDraft(dataset: ResourceKey<'DATASET'>, lease: DraftLease): Promise<void> {
    return coordination.mutex.run(dataset.id, async () => {
      // A caller may have taken it again while this waited.
      if (leases.get(dataset) !== undefined) return;
      const slots = slotsFor(operationFor(AbortSignal.timeout(config.operationTimeout)), () => undefined);
      const slot = slots.find((candidate) => candidate.key === dataset.address.source);
      const datasets = slot?.source?.datasets;
      // One that the user of these credentials has taken anew at the vendor is not the gateway's to release.
      if (!standsFor(lease, (await datasets?.draftLock?.(dataset)) ?? null)) return;
      await datasets?.writer?.unlock?.(dataset, slot?.self());
    });
  }

  function createContext(input: CallerInput, maxCalls?: number): Context {
    const caller = authenticate(config.apiKeys, input.header('authorization'), Date.now());
    const operation = operationFor(input.signal, maxCalls);
    const slots = slotsFor(operation, input.header);
    const loaders = createLoaders(slots);
    return {
      caller,
      requestId: input.requestId,
      slots,
      loaders,
      forget: () => {
        loaders.clear();
        for (const slot of slots) slot.forget();
      },
      coordination,
      limits: { maxNodes: config.maxNodes },
      onDrift: metrics.drift,
      upstreamUse: () => Object.fromEntries(operation.counts) satisfies Record<string, UpstreamUse>,
    };
  }

  const engine = createEngine({
    documentLimits: config.documentLimits,
    introspection: config.introspection,
    alwaysTellUpstream: !config.production,
    maxQueryBytes: config.maxQueryBytes,
    createContext,
    report: (error, requestId) => logger.error({ err: error, requestId }, 'internal error'),
  });

  return {
    config,
    engine,
    metrics,
    logger,
    createContext,
    ownSlots: (signal) => slotsFor(operationFor(signal), () => undefined),
    dispose: async () => {
      leases.dispose();
      await upstream.dispose();
    },
  };
}
