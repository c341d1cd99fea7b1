import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { humanloopCredentials } from '../../sandbox/humanloop/index.ts';
import { posthogKeys } from '../../sandbox/posthog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { blocksOf, readPage, rowsOf } from './pages.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ environment: { NODE_ENV: 'development' } });
});

afterAll(async () => {
  await gateway?.dispose();
});

/** The part of a page under a heading. */
function partOf(text: string, heading: string): string {
  const [, part = ''] = text.split(`\n${heading}\n`);
  return part.split(/\n##+ /)[0] ?? '';
}

/** The JSON body that a curl command sends. */
function bodyIn(command: string | undefined): unknown {
  return JSON.parse(/-d '(.+?)'/s.exec(command ?? '')?.[1] ?? 'null');
}

describe('what the documentation shows', () => {
  it('is what the first query of the README gives', async () => {
    const readme = readPage('README.md');
    const command = blocksOf(readme, 'sh').find((block) => block.startsWith('curl'));
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodyIn(command)),
    });
    const [shown] = blocksOf(readme, 'json');
    expect(await response.json()).toEqual(JSON.parse(shown ?? ''));
  });

  it('is every switch of the sandbox with its default', () => {
    const { text } = readPage('docs/sandbox.md');
    const vendors = {
      Datadog: gateway.sandbox.datadog.switches,
      Humanloop: gateway.sandbox.humanloop.switches,
      PostHog: gateway.sandbox.posthog.switches,
    };
    for (const [vendor, switches] of Object.entries(vendors)) {
      const shown = rowsOf(partOf(text, `### ${vendor}`)).map(([name, byDefault]) => [name, byDefault]);
      const real = Object.entries(switches).map(([name, value]) => [
        `\`${name}\``,
        `\`${JSON.stringify(value)}\``,
      ]);
      expect(shown, vendor).toEqual(real);
    }
  });

  it('is every key of the sandbox', () => {
    const { text } = readPage('docs/sandbox.md');
    const datadog = Object.values(datadogCredentials).flatMap((people) => Object.values(people));
    const humanloop = Object.values(humanloopCredentials).flatMap((people) => Object.values(people));
    const keys = [
      ...datadog.flatMap(({ apiKey, applicationKey }) => [apiKey, applicationKey]),
      ...[...humanloop, ...posthogKeys].map(({ apiKey }) => apiKey),
    ];
    expect(keys.filter((key) => !text.includes(key))).toEqual([]);
    for (const value of Object.values(gateway.sandbox.environment)) {
      if (!value.startsWith('http')) expect(text).toContain(`=${value}\n`);
    }
  });
});
