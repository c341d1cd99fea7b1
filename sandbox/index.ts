import { type DatadogSandbox, datadogCredentials, startDatadogSandbox } from './datadog/index.ts';
import { type HumanloopSandbox, humanloopCredentials, startHumanloopSandbox } from './humanloop/index.ts';
import { type PostHogSandbox, posthogCredentials, startPostHogSandbox } from './posthog/index.ts';

/** The three vendors, listening. */
export interface Sandbox {
  readonly datadog: DatadogSandbox;
  readonly humanloop: HumanloopSandbox;
  readonly posthog: PostHogSandbox;
  /** The environment that points a gateway at them, with a key of each. */
  readonly environment: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}

export interface SandboxOptions {
  /** First of three ports; 0 or left out: free ones. */
  readonly port?: number;
  readonly host?: string;
}

function portAt(options: SandboxOptions, index: number): number {
  return options.port === undefined || options.port === 0 ? 0 : options.port + index;
}

/** Starts all three, each on a port of its own. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  const [datadog, humanloop, posthog] = await Promise.all([
    startDatadogSandbox({ host, port: portAt(options, 0) }),
    startHumanloopSandbox({ host, port: portAt(options, 1) }),
    startPostHogSandbox({ host, port: portAt(options, 2) }),
  ]);
  const { ada } = datadogCredentials.acme;
  return {
    datadog,
    humanloop,
    posthog,
    environment: {
      DATADOG_BASE_URL: datadog.baseUrl,
      DD_API_KEY: ada.apiKey,
      DD_APP_KEY: ada.applicationKey,
      HUMANLOOP_BASE_URL: humanloop.baseUrl,
      HUMANLOOP_API_KEY: humanloopCredentials.acme.priya.apiKey,
      POSTHOG_BASE_URL: posthog.baseUrl,
      POSTHOG_PERSONAL_API_KEY: posthogCredentials.acme.owner.apiKey,
      POSTHOG_PROJECT_ID: String(posthogCredentials.acme.projectId),
    },
    dispose: async () => {
      await Promise.all([datadog.dispose(), humanloop.dispose(), posthog.dispose()]);
    },
  };
}
