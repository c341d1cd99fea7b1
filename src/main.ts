import type { Sandbox } from '../sandbox/index.ts';
import { ConfigError, type Environment } from './config/read-settings.ts';
import { type Config, readConfig, secretsOf } from './config.ts';
import { createGateway } from './gateway.ts';
import { startGatewayServer } from './server/http-server.ts';
import { describeError } from './telemetry/describe-error.ts';
import { createCutter, createLogger } from './telemetry/logger.ts';

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function readOrFail(environment: Environment): Config {
  try {
    return readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) fail(error.message);
    throw error;
  }
}

/** The configuration as it stands with the sandbox playing every vendor. */
function withSandbox(config: Config, sandbox: Sandbox): Config {
  const { sources } = readConfig({ ...process.env, ...sandbox.environment });
  return {
    ...config,
    sources: {
      datadog: { ...sources.datadog, sandbox: true },
      humanloop: { ...sources.humanloop, sandbox: true },
      posthog: { ...sources.posthog, sandbox: true },
    },
  };
}

const firstQuery = '{ datasets(first: 5) { nodes { vendor name } } }';

function welcome(origin: string, config: Config, sandbox: Sandbox | undefined): string {
  const lines = [`Lockstep serves GraphQL at ${origin}/graphql`];
  if (sandbox !== undefined) {
    lines.push(
      '',
      'No vendor is configured: three sandbox vendors on this machine stand in for Datadog, Humanloop and',
      'PostHog. What you read is made up; nothing leaves this machine. docs/configuration.md says how to',
      'connect real ones.',
    );
  }
  if (config.graphiql) lines.push('', `Open ${origin}/graphql in a browser for GraphiQL, or try:`);
  else lines.push('', 'Try:');
  lines.push(
    '',
    `  curl -s ${origin}/graphql -H 'content-type: application/json' \\`,
    ...(config.apiKeys.length === 0 && config.tokens === undefined
      ? []
      : ["    -H 'authorization: Bearer <key>' \\"]),
    `    -d '{"query": "${firstQuery}"}'`,
    '',
  );
  return lines.join('\n');
}

/** What ends the process unforeseen, in words alone: Node would print all that the error holds. */
let tellFault = (error: unknown): void => {
  const { type, stack } = describeError(error);
  process.stderr.write(`Lockstep stops at a fault of its own: ${stack ?? type}\n`);
};
// Of a promise that nobody looks after, too.
process.on('uncaughtException', (error: unknown) => {
  try {
    tellFault(error);
  } finally {
    process.exit(1);
  }
});

const config = readOrFail(process.env);
const secrets = secretsOf(config);
const logger = createLogger(config.logLevel, secrets);
const cut = createCutter(secrets);
tellFault = (error) => {
  const { type, stack } = describeError(error);
  logger.fatal({ err: error }, 'a fault of this process ends it');
  process.stderr.write(cut(`Lockstep stops at a fault of its own: ${stack ?? type}\n`));
};
const sandbox = config.useSandbox
  ? await (await import('../sandbox/index.ts'))
      .startSandbox({ port: config.sandboxPort })
      .catch((error: unknown) =>
        fail(`The sandbox cannot listen on three ports from ${config.sandboxPort}: ${textOf(error)}`),
      )
  : undefined;
const effective = sandbox === undefined ? config : withSandbox(config, sandbox);
const gateway = createGateway({ config: effective, logger });
// Whoever comes first finds the feed there, if it is there at all.
await gateway.ready();
const server = await startGatewayServer(gateway).catch((error: unknown) =>
  fail(`Lockstep cannot listen on ${config.host}:${config.port}: ${textOf(error)}`),
);
process.stdout.write(`${welcome(server.origin, effective, sandbox)}\n`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second signal does not wait.
    if (stopping) process.exit(1);
    stopping = true;
    void server
      .dispose()
      .then(() => sandbox?.dispose())
      .then(() => process.exit(0));
  });
}
