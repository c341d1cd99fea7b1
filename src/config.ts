import { createHash } from 'node:crypto';
import type { MemoryLogOptions } from './changes/memory-log.ts';
import { type Environment, SettingsReader } from './config/read-settings.ts';
import type { UpstreamOptions } from './http/upstream.ts';
import type { ApiKey } from './server/authentication.ts';
import type { DocumentLimits } from './server/document-limits.ts';
import type { RegistryOptions } from './sources/registry.ts';

/** Everything that decides how the gateway runs; parsed, complete, frozen. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly production: boolean;
  readonly logLevel: string;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** Whether the sandbox plays the vendors: decided here, since any configured vendor rules it out. */
  readonly useSandbox: boolean;
  readonly sandboxPort: number;
  readonly sources: RegistryOptions;
  /** Empty: callers are anonymous. */
  readonly apiKeys: readonly ApiKey[];
  readonly corsOrigins: readonly string[];
  readonly maxQueryBytes: number;
  readonly maxMutationBytes: number;
  readonly documentLimits: DocumentLimits;
  /** What an operation may cost at worst, in calls to vendors, and what is assumed until it is known. */
  readonly cost: { readonly limit: number; readonly assumedProjects: number };
  readonly maxNodes: number;
  readonly maxUpstreamCalls: number;
  readonly maxUpstreamWrites: number;
  /** Milliseconds. */
  readonly operationTimeout: number;
  /** Milliseconds. */
  readonly mutationTimeout: number;
  /** Milliseconds. */
  readonly exportTimeout: number;
  readonly upstream: Pick<
    UpstreamOptions,
    'callTimeout' | 'connections' | 'keepAlive' | 'maxResponseBytes' | 'resilience'
  >;
  /** Milliseconds. */
  readonly probeInterval: number;
  /** Milliseconds. */
  readonly draftLeaseDuration: number;
  readonly watch: {
    /** Milliseconds. */
    readonly minInterval: number;
    /** Milliseconds. */
    readonly maxInterval: number;
    /** Milliseconds. */
    readonly linger: number;
    readonly maxIds: number;
  };
  readonly changeLog: MemoryLogOptions;
  readonly streams: {
    readonly maxSubscriptions: number;
    readonly maxPerConnection: number;
    readonly maxMessageBytes: number;
    /** Milliseconds. */
    readonly initTimeout: number;
    /** Milliseconds. */
    readonly heartbeatInterval: number;
  };
  /** Milliseconds. */
  readonly shutdownTimeout: number;
}

const loopbackHosts = new Set(['127.0.0.1', '::1', 'localhost']);

function readApiKeys(read: SettingsReader): readonly ApiKey[] {
  return (read.get('API_KEYS') ?? []).map((key) => ({
    name: key.name,
    digest:
      key.sha256 === undefined
        ? createHash('sha256')
            .update(key.key ?? '')
            .digest()
        : Buffer.from(key.sha256, 'hex'),
    scopes: new Set(key.scopes),
    expiresAt: key.expiresAt === undefined ? undefined : Date.parse(key.expiresAt),
  }));
}

function readSources(read: SettingsReader): RegistryOptions {
  const [apiKey, appKey] = [read.get('DD_API_KEY'), read.get('DD_APP_KEY')];
  if ((apiKey === undefined) !== (appKey === undefined)) {
    read.problem('DD_API_KEY and DD_APP_KEY belong together: set both or neither.');
  }
  const [phKey, phProject] = [read.get('POSTHOG_PERSONAL_API_KEY'), read.get('POSTHOG_PROJECT_ID')];
  if ((phKey === undefined) !== (phProject === undefined)) {
    read.problem('POSTHOG_PERSONAL_API_KEY and POSTHOG_PROJECT_ID belong together: set both or neither.');
  }
  const [posthogBase, posthogHost] = [read.get('POSTHOG_BASE_URL'), read.get('POSTHOG_HOST')];
  return {
    datadog: {
      site: read.need('DD_SITE'),
      baseUrl: read.get('DATADOG_BASE_URL'),
      apiKey,
      appKey,
      sandbox: false,
    },
    humanloop: {
      apiKey: read.get('HUMANLOOP_API_KEY'),
      baseUrl: read.get('HUMANLOOP_BASE_URL'),
      sandbox: false,
    },
    posthog: {
      baseUrl: posthogBase ?? posthogHost,
      personalApiKey: phKey,
      projectId: phProject,
      sandbox: false,
    },
  };
}

/**
 * Reads the configuration from environment variables and the file that `LOCKSTEP_CONFIG` names. Throws ConfigError
 * with every wrong setting and what is allowed. docs/configuration.md lists them all.
 */
export function readConfig(environment: Environment): Config {
  const read = new SettingsReader(environment);
  const production = read.need('NODE_ENV') === 'production';
  const sources = readSources(read);
  const configured = [sources.datadog.apiKey, sources.humanloop.apiKey, sources.posthog.personalApiKey];
  const host = read.need('HOST');
  const apiKeys = readApiKeys(read);
  const anonymousAllowed = read.need('ALLOW_ANONYMOUS') || loopbackHosts.has(host);
  if (apiKeys.length === 0 && !anonymousAllowed) {
    read.problem(
      `HOST is ${host}, which others can reach, and nobody is asked who they are: set API_KEYS, bind to 127.0.0.1, or set ALLOW_ANONYMOUS=true if that is meant.`,
    );
  }
  const config: Config = {
    host,
    port: read.need('PORT'),
    production,
    logLevel: read.need('LOG_LEVEL'),
    graphiql: read.get('GRAPHIQL') ?? !production,
    introspection: read.get('INTROSPECTION') ?? !production,
    useSandbox: read.need('SANDBOX') === 'auto' && configured.every((key) => key === undefined),
    sandboxPort: read.need('SANDBOX_PORT'),
    sources,
    apiKeys,
    corsOrigins: read.get('CORS_ORIGINS')?.split(',') ?? [],
    maxQueryBytes: read.need('MAX_QUERY_BYTES'),
    maxMutationBytes: read.need('MAX_MUTATION_BYTES'),
    documentLimits: {
      maxDepth: read.need('MAX_DEPTH'),
      maxAliases: read.need('MAX_ALIASES'),
      maxDirectives: read.need('MAX_DIRECTIVES'),
      maxTokens: read.need('MAX_TOKENS'),
    },
    cost: { limit: read.need('MAX_COST'), assumedProjects: read.need('ASSUMED_PROJECTS') },
    maxNodes: read.need('MAX_NODES'),
    maxUpstreamCalls: read.need('MAX_UPSTREAM_CALLS'),
    maxUpstreamWrites: read.need('MAX_UPSTREAM_WRITES'),
    operationTimeout: read.need('OPERATION_TIMEOUT'),
    mutationTimeout: read.need('MUTATION_TIMEOUT'),
    exportTimeout: read.need('EXPORT_TIMEOUT'),
    upstream: {
      callTimeout: read.need('UPSTREAM_TIMEOUT'),
      connections: read.need('UPSTREAM_CONNECTIONS'),
      keepAlive: read.need('UPSTREAM_KEEP_ALIVE'),
      maxResponseBytes: read.need('MAX_RESPONSE_BYTES'),
      resilience: {
        callDeadline: read.need('UPSTREAM_DEADLINE'),
        tries: read.need('UPSTREAM_TRIES'),
        retryDelay: read.need('UPSTREAM_RETRY_DELAY'),
        retryMaxDelay: read.need('UPSTREAM_RETRY_MAX_DELAY'),
        breakerFailures: read.need('UPSTREAM_BREAKER_FAILURES'),
        breakerPause: read.need('UPSTREAM_BREAKER_PAUSE'),
        parallel: read.need('UPSTREAM_PARALLEL'),
        maxQueued: read.need('UPSTREAM_QUEUE'),
        maxPending: read.need('UPSTREAM_PENDING'),
        rateLimitPause: read.need('UPSTREAM_RATE_PAUSE'),
        keepToPublished: read.need('UPSTREAM_PUBLISHED_RATES'),
        backgroundShare: read.need('BACKGROUND_SHARE') / 100,
        backgroundRate: read.need('BACKGROUND_RATE'),
      },
    },
    probeInterval: read.need('PROBE_INTERVAL'),
    draftLeaseDuration: read.need('DRAFT_LEASE'),
    watch: {
      minInterval: read.need('WATCH_INTERVAL'),
      maxInterval: Math.max(read.need('WATCH_INTERVAL'), read.need('WATCH_MAX_INTERVAL')),
      linger: read.need('WATCH_LINGER'),
      maxIds: read.need('MAX_WATCHED_IDS'),
    },
    changeLog: {
      maxEntries: read.need('CHANGE_LOG_ENTRIES'),
      maxAge: read.need('CHANGE_LOG_AGE'),
      maxStates: read.need('CHANGE_LOG_STATES'),
    },
    streams: {
      maxSubscriptions: read.need('MAX_SUBSCRIPTIONS'),
      maxPerConnection: read.need('MAX_CONNECTION_SUBSCRIPTIONS'),
      maxMessageBytes: read.need('MAX_MESSAGE_BYTES'),
      initTimeout: read.need('CONNECTION_INIT_TIMEOUT'),
      heartbeatInterval: read.need('HEARTBEAT_INTERVAL'),
    },
    shutdownTimeout: read.need('SHUTDOWN_TIMEOUT'),
  };
  read.finish();
  return Object.freeze(config);
}
