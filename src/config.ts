import type { MemoryLogOptions } from './changes/memory-log.ts';
import { type AccessConfig, readAccess } from './config/read-access.ts';
import { type Environment, SettingsReader } from './config/read-settings.ts';
import type { UpstreamOptions } from './http/upstream.ts';
import type { DocumentLimits } from './server/document-limits.ts';
import type { RegistryOptions } from './sources/registry.ts';

/** Everything that decides how the gateway runs; parsed, complete, frozen. */
export interface Config extends AccessConfig {
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
  readonly corsOrigins: readonly string[];
  readonly http: {
    readonly maxConnections: number;
    readonly maxHeaderBytes: number;
    readonly maxHeaders: number;
    /** Milliseconds. */
    readonly headersTimeout: number;
    /** Milliseconds. */
    readonly requestTimeout: number;
    /** Milliseconds. */
    readonly keepAliveTimeout: number;
    /** Milliseconds. */
    readonly readerTimeout: number;
    /** Bytes a second. */
    readonly readerSpeed: number;
  };
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
  readonly changeLog: Omit<MemoryLogOptions, 'now'>;
  /** What credentials are hashed with; undefined: a key that is made at start. */
  readonly scopeKey: Buffer | undefined;
  /** What instances share; undefined: there is one alone. */
  readonly redis:
    | {
        readonly url: string;
        readonly prefix: string;
        /** Milliseconds. */
        readonly commandTimeout: number;
        /** Milliseconds. */
        readonly beatInterval: number;
        /** Milliseconds. */
        readonly watchLease: number;
      }
    | undefined;
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

function readRedis(read: SettingsReader): Pick<Config, 'scopeKey' | 'redis'> {
  const url = read.get('REDIS_URL');
  const scopeKey = read.get('SCOPE_KEY');
  const rest = {
    prefix: read.need('REDIS_PREFIX'),
    commandTimeout: read.need('REDIS_TIMEOUT'),
    beatInterval: read.need('REDIS_HEARTBEAT'),
    watchLease: read.need('WATCH_LEASE'),
  };
  if (url !== undefined && scopeKey === undefined) {
    read.problem('REDIS_URL needs SCOPE_KEY, the same at all instances: they tell credentials apart by it.');
  }
  return { scopeKey, redis: url === undefined ? undefined : { url, ...rest } };
}

/** What a configuration holds that must never be seen. Of the gateway's own keys there are digests alone. */
export function secretsOf({
  sources: { datadog, humanloop, posthog },
  callerCredentials,
  redis,
}: Pick<Config, 'sources' | 'callerCredentials' | 'redis'>): readonly string[] {
  const own = [datadog.apiKey, datadog.appKey, humanloop.apiKey, posthog.personalApiKey];
  const mapped = [...callerCredentials.values()].flatMap((values) => [...values.values()]);
  const shared = redis === undefined ? '' : new URL(redis.url).password;
  const all = [
    ...own.filter((secret) => secret !== undefined),
    ...mapped,
    shared,
    decodeURIComponent(shared),
  ];
  return all.filter((secret) => secret !== '');
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
    ...readAccess(read, host, sources),
    corsOrigins: read.get('CORS_ORIGINS')?.split(',') ?? [],
    http: {
      maxConnections: read.need('MAX_CONNECTIONS'),
      maxHeaderBytes: read.need('MAX_HEADER_BYTES'),
      maxHeaders: read.need('MAX_HEADERS'),
      headersTimeout: read.need('HEADERS_TIMEOUT'),
      requestTimeout: Math.max(read.need('HEADERS_TIMEOUT'), read.need('REQUEST_TIMEOUT')),
      keepAliveTimeout: read.need('KEEP_ALIVE_TIMEOUT'),
      readerTimeout: read.need('READER_TIMEOUT'),
      readerSpeed: read.need('READER_SPEED'),
    },
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
    ...readRedis(read),
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
