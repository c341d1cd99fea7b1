import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { type OwnProcess, startProcess } from '../support/own-process.ts';
import { acmeCaller } from '../support/tenants.ts';

const running: OwnProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) await child.dispose();
});

function start(environment: Readonly<Record<string, string>> = {}): OwnProcess {
  const child = startProcess(environment);
  running.push(child);
  return child;
}

const atOrigin = /serves GraphQL at (http:\/\/\S+)\/graphql/;

interface Answer {
  readonly data: {
    readonly datasets: {
      readonly nodes: readonly { readonly vendor: string }[];
      readonly sourceErrors: readonly object[];
    };
    readonly sources: readonly {
      readonly vendor: string;
      readonly status: string;
      readonly sandbox: boolean;
    }[];
  };
  readonly errors?: readonly object[];
}

async function ask(origin: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      query:
        '{ datasets(first: 20) { nodes { vendor } sourceErrors { code } } sources { vendor status sandbox } }',
    }),
  });
  // What the document selects.
  return (await response.json()) as Answer;
}

/** A port that is taken for as long as the function runs. */
async function withTakenPort(run: (port: number) => Promise<void>): Promise<void> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const address = holder.address();
  try {
    await run(typeof address === 'object' && address !== null ? address.port : 0);
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
}

describe('node src/main.ts', () => {
  it('runs on the sandbox when no vendor is configured, says so, and shows a first query that works', async () => {
    const startedAt = performance.now();
    const child = start();
    const origin = await child.find(atOrigin);
    const { data, errors } = await ask(origin);
    const milliseconds = Math.round(performance.now() - startedAt);
    process.stdout.write(`from the start of the process to its first answer: ${milliseconds} ms\n`);

    expect(errors).toBeUndefined();
    expect(data.datasets.sourceErrors).toEqual([]);
    expect(new Set(data.datasets.nodes.map(({ vendor }) => vendor)).size).toBe(3);
    for (const { status, sandbox } of data.sources) expect([status, sandbox]).toEqual(['UP', true]);
    expect(child.stdout).toMatch(/three sandbox vendors[\s\S]*made up[\s\S]*nothing leaves this machine/);
    expect(child.stdout).toContain(`Open ${origin}/graphql in a browser for GraphiQL`);
    const query = /-d '(.+)'/.exec(child.stdout)?.[1] ?? '';
    const first = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: query,
    });
    const shown: unknown = await first.json();
    expect(shown).not.toHaveProperty('errors');
    expect(JSON.stringify(shown)).toMatch(/"vendor":"(DATADOG|HUMANLOOP|POSTHOG)"/);
    expect(child.stderr).toBe('');
  });

  it('lets callers name any site of Datadog while the sandbox plays it', async () => {
    const origin = await start().find(atOrigin);
    const { data } = await ask(origin, { ...acmeCaller, 'x-datadog-site': 'us2.ddog-gov.com' });
    expect(data.sources.map(({ status }) => status)).toEqual(['UP', 'UP', 'UP']);
  });

  it('never starts the sandbox beside a vendor that is configured', async () => {
    const sandbox = await startSandbox();
    try {
      const { HUMANLOOP_BASE_URL = '', HUMANLOOP_API_KEY = '' } = sandbox.environment;
      const child = start({ HUMANLOOP_BASE_URL, HUMANLOOP_API_KEY });
      const { data } = await ask(await child.find(atOrigin));
      expect(data.sources).toEqual([
        { vendor: 'DATADOG', status: 'UNCONFIGURED', sandbox: false },
        { vendor: 'HUMANLOOP', status: 'UP', sandbox: false },
        { vendor: 'POSTHOG', status: 'UNCONFIGURED', sandbox: false },
      ]);
      expect(child.stdout).not.toContain('sandbox');
      expect(child.stdout).not.toContain(HUMANLOOP_API_KEY);
    } finally {
      await sandbox.dispose();
    }
  });

  it('runs without any vendor when the sandbox is off', async () => {
    const child = start({ SANDBOX: 'off', NODE_ENV: 'production' });
    const { data } = await ask(await child.find(atOrigin));
    expect(data.sources.map(({ status }) => status)).toEqual([
      'UNCONFIGURED',
      'UNCONFIGURED',
      'UNCONFIGURED',
    ]);
    expect(child.stdout).not.toMatch(/sandbox|GraphiQL/);
  });

  it('ends with 1 and every problem at once when the configuration cannot be used', async () => {
    const secret = 'c4n4ry c4n4ry';
    const child = start({
      PORT: '70000',
      HOST: '0.0.0.0',
      DD_API_KEY: secret,
      LOG_LEVEL: 'loud',
      API_KEYS: secret,
    });
    expect(await child.ended).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'DD_API_KEY', 'API_KEYS'])
      expect(child.stderr).toContain(`\n- ${name} must be `);
    expect(child.stderr).toMatch(/HOST is 0\.0\.0\.0, which others can reach/);
    expect(child.stderr).not.toMatch(/c4n4ry|\n\s+at /);
    expect(child.stdout).toBe('');
  });

  it('ends with 1 and a sentence when its port is taken', async () => {
    await withTakenPort(async (port) => {
      const child = start({ PORT: String(port), SANDBOX: 'off' });
      expect(await child.ended).toBe(1);
      expect(child.stderr).toMatch(
        new RegExp(`^Lockstep cannot listen on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE`),
      );
      expect(child.stderr.trim().split('\n')).toHaveLength(1);
    });
  });

  it('ends with 1 and a sentence when a port of the sandbox is taken', async () => {
    await withTakenPort(async (port) => {
      const child = start({ SANDBOX_PORT: String(Math.min(port, 65_533)) });
      expect(await child.ended).toBe(1);
      expect(child.stderr).toMatch(/^The sandbox cannot listen on three ports from \d+: .*EADDRINUSE/);
      expect(child.stderr.trim().split('\n')).toHaveLength(1);
    });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'lets what is under way finish and ends with 0 on %s',
    async (signal) => {
      const sandbox = await startSandbox();
      try {
        const child = start(sandbox.environment);
        const origin = await child.find(atOrigin);
        expect((await ask(origin)).errors).toBeUndefined();
        sandbox.posthog.server.requests.clear();
        sandbox.posthog.server.faults.add({ effect: { type: 'latency', milliseconds: 1_000 } });
        const underWay = ask(origin);
        await sandbox.posthog.server.requests.waitFor((all) => all.length > 0);
        child.kill(signal);
        expect((await underWay).data.datasets.sourceErrors).toEqual([]);
        expect(await child.ended).toBe(0);
        await expect(ask(origin)).rejects.toThrow();
        expect(child.stderr).toBe('');
      } finally {
        await sandbox.dispose();
      }
    },
  );

  it('ends at once on a second signal', async () => {
    const sandbox = await startSandbox();
    try {
      const child = start({ ...sandbox.environment, SHUTDOWN_TIMEOUT: '600000' });
      const origin = await child.find(atOrigin);
      sandbox.posthog.server.faults.add({ effect: { type: 'hang' } });
      const cutOff = expect(ask(origin)).rejects.toThrow();
      await sandbox.posthog.server.requests.waitFor((all) => all.length > 0);
      child.kill('SIGTERM');
      await expect
        .poll(() =>
          fetch(`${origin}/health/live`).then(
            () => 'open',
            () => 'closed',
          ),
        )
        .toBe('closed');
      child.kill('SIGTERM');
      expect(await child.ended).toBe(1);
      await cutOff;
    } finally {
      await sandbox.dispose();
    }
  });
});
