import { datadogSites, defaultDatadogSite } from '../sources/registry.ts';
import { accessSettings } from './access-settings.ts';
import { httpSettings } from './http-settings.ts';
import { redisSettings } from './redis-settings.ts';
import { address, choice, flag, type Setting, secret, text, whole } from './setting.ts';
import { upstreamSettings } from './upstream-settings.ts';

export type { Setting } from './setting.ts';

const MiB = 1024 * 1024;

/** Every setting, by the name of its environment variable. The documentation is made from this table. */
export const settings = {
  HOST: text('The address to listen on.', 'a host name or IP address', /^[\w.:-]{1,255}$/, '127.0.0.1'),
  PORT: whole('The port to listen on; 0 takes a free one.', 'TCP port', {
    min: 0,
    max: 65_535,
    default: 4000,
  }),
  NODE_ENV: choice(
    'In production GraphiQL and introspection are off and upstream counts and costs are given only when asked for.',
    ['development', 'production', 'test'],
    'development',
  ),
  LOG_LEVEL: choice(
    'The least that is logged, as JSON lines on standard output.',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
  ),
  GRAPHIQL: flag('Serve GraphiQL at `/graphql`. Default: not in production.', undefined),
  INTROSPECTION: flag('Answer introspection. Default: not in production.', undefined),
  SANDBOX: choice(
    'Whether the local sandbox plays the vendors: `auto` when no vendor is configured, `off` never. It never starts beside a configured vendor.',
    ['auto', 'off'],
    'auto',
  ),
  SANDBOX_PORT: whole('First of the three ports of the sandbox; 0 takes free ones.', 'TCP port', {
    min: 0,
    max: 65_533,
    default: 0,
  }),

  DD_SITE: choice('The Datadog site of the keys.', Object.values(datadogSites), defaultDatadogSite),
  DD_API_KEY: secret("Datadog: the organisation's API key."),
  DD_APP_KEY: secret('Datadog: the application key. Its user is who the vendor knows the gateway as.'),
  DATADOG_BASE_URL: address(
    "Datadog: another address than the site's own, such as a proxy. Callers cannot choose a site then.",
  ),
  HUMANLOOP_API_KEY: secret('Humanloop: the API key.'),
  HUMANLOOP_BASE_URL: address(
    "Humanloop: the address, with its `/v5`, as the vendor's SDK takes it.",
    'https://api.humanloop.com/v5',
  ),
  POSTHOG_HOST: address(
    'PostHog: the host: `https://us.posthog.com`, `https://eu.posthog.com` or a self-hosted one.',
    'https://us.posthog.com',
  ),
  POSTHOG_PERSONAL_API_KEY: secret('PostHog: the personal API key (`phx_…`).'),
  POSTHOG_PROJECT_ID: text(
    'PostHog: the number of the project.',
    'a number of at most 15 digits',
    /^\d{1,15}$/,
  ),
  POSTHOG_BASE_URL: address('PostHog: goes before `POSTHOG_HOST`, to point at a proxy or a test server.'),

  ...accessSettings,

  ...httpSettings,
  MAX_QUERY_BYTES: whole('Largest request body of a query.', 'bytes', {
    min: 1024,
    max: 64 * MiB,
    default: MiB,
  }),
  MAX_MUTATION_BYTES: whole('Largest request body of a mutation.', 'bytes', {
    min: 1024,
    max: 256 * MiB,
    default: 16 * MiB,
  }),
  MAX_DEPTH: whole('Deepest nesting of fields in an operation.', 'levels', { min: 1, max: 100, default: 12 }),
  MAX_ALIASES: whole('Most aliases in an operation.', 'aliases', { min: 0, max: 10_000, default: 60 }),
  MAX_TOKENS: whole('Most tokens in a document.', 'tokens', { min: 100, max: 1_000_000, default: 5_000 }),
  MAX_DIRECTIVES: whole('Most directives in an operation.', 'directives', {
    min: 0,
    max: 10_000,
    default: 100,
  }),
  MAX_COST: whole(
    'Most calls to vendors that an operation may cost at worst, by an estimate before it is executed.',
    'calls',
    { min: 1, max: 1_000_000, default: 1_000 },
  ),
  ASSUMED_PROJECTS: whole(
    'Datadog projects that the estimate takes there to be, until a list of datasets has shown how many there are.',
    'projects',
    { min: 0, max: 100_000, default: 10 },
  ),
  MAX_NODES: whole('Most ids that `nodes` takes.', 'ids', { min: 1, max: 10_000, default: 1_000 }),
  MAX_UPSTREAM_CALLS: whole('Most reads from vendors that one operation may cause.', 'calls', {
    min: 1,
    max: 100_000,
    default: 300,
  }),

  MAX_UPSTREAM_WRITES: whole(
    'Most writes to vendors that one mutation may send; an edit of items may need one for each.',
    'writes',
    { min: 1, max: 1_000_000, default: 20_000 },
  ),

  OPERATION_TIMEOUT: whole('Longest that one query may take.', 'milliseconds', {
    min: 100,
    max: 600_000,
    default: 30_000,
  }),
  MUTATION_TIMEOUT: whole(
    'Longest that one mutation may take; a write that was sent by then still gets its answer.',
    'milliseconds',
    { min: 100, max: 3_600_000, default: 600_000 },
  ),
  EXPORT_TIMEOUT: whole('Longest that one download of a dataset may take.', 'milliseconds', {
    min: 100,
    max: 86_400_000,
    default: 600_000,
  }),
  ...upstreamSettings,
  PROBE_INTERVAL: whole('How long what a probe of a vendor found stands (`sources`).', 'milliseconds', {
    min: 0,
    max: 3_600_000,
    default: 1_000,
  }),
  DRAFT_LEASE: whole(
    'How long a draft lock lasts that a caller took through credentials it shares with other callers, unless it locks again; then the gateway releases it.',
    'milliseconds',
    { min: 1_000, max: 86_400_000, default: 1_800_000 },
  ),
  WATCH_INTERVAL: whole(
    'Between two looks at what is watched for subscribers, while it changes.',
    'milliseconds',
    { min: 10, max: 3_600_000, default: 1_000 },
  ),
  WATCH_MAX_INTERVAL: whole(
    "Between two looks at what is watched and has not changed for long. Where the share of a vendor's budget is used up, looks come later still.",
    'milliseconds',
    { min: 10, max: 3_600_000, default: 15_000 },
  ),
  WATCH_LINGER: whole(
    'How long something is watched on after its last subscriber has left.',
    'milliseconds',
    { min: 0, max: 3_600_000, default: 10_000 },
  ),
  MAX_WATCHED_IDS: whole('Most ids that one subscription takes.', 'ids', {
    min: 1,
    max: 10_000,
    default: 500,
  }),
  CHANGE_LOG_ENTRIES: whole('Most changes that are kept to resume a subscription from.', 'changes', {
    min: 1,
    max: 10_000_000,
    default: 50_000,
  }),
  CHANGE_LOG_AGE: whole('How long a change is kept to resume a subscription from.', 'milliseconds', {
    min: 1_000,
    max: 604_800_000,
    default: 3_600_000,
  }),
  CHANGE_LOG_STATES: whole('Most last known states that are kept to find out what has changed.', 'states', {
    min: 1,
    max: 10_000_000,
    default: 50_000,
  }),
  ...redisSettings,
  MAX_SUBSCRIPTIONS: whole('Most subscriptions under way at once.', 'subscriptions', {
    min: 1,
    max: 1_000_000,
    default: 20_000,
  }),
  MAX_CONNECTION_SUBSCRIPTIONS: whole('Most operations under way at once on one WebSocket.', 'operations', {
    min: 1,
    max: 10_000,
    default: 100,
  }),
  MAX_MESSAGE_BYTES: whole('Largest message that a WebSocket takes.', 'bytes', {
    min: 1024,
    max: 64 * MiB,
    default: MiB,
  }),
  CONNECTION_INIT_TIMEOUT: whole('How long a WebSocket may take to send `connection_init`.', 'milliseconds', {
    min: 50,
    max: 600_000,
    default: 5_000,
  }),
  HEARTBEAT_INTERVAL: whole(
    'Between two signs of life on a WebSocket (ping) or a stream of events (comment).',
    'milliseconds',
    { min: 20, max: 600_000, default: 12_000 },
  ),
  SHUTDOWN_TIMEOUT: whole('How long operations under way may finish in at shutdown.', 'milliseconds', {
    min: 0,
    max: 600_000,
    default: 10_000,
  }),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;
export type SettingValue<Name extends SettingName> =
  (typeof settings)[Name] extends Setting<infer Value> ? Value : never;
