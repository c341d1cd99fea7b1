/** What every contender is told: where its vendors are, and where to listen. */
export interface BenchEnvironment {
  readonly port: number;
  readonly connections: number;
  readonly origins: { readonly datadog: string; readonly humanloop: string; readonly posthog: string };
}

export function environment(): BenchEnvironment {
  const { env } = process;
  return {
    port: Number(env['PORT']),
    connections: Number(env['UPSTREAM_CONNECTIONS']),
    origins: {
      datadog: env['DATADOG_BASE_URL'] ?? '',
      humanloop: new URL(env['HUMANLOOP_BASE_URL'] ?? '').origin,
      posthog: env['POSTHOG_BASE_URL'] ?? '',
    },
  };
}
