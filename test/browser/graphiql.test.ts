import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { startChromium, type TestBrowser } from './chromium.ts';
import { type Visit, visitGraphiql } from './visit.ts';

let gateway: TestGateway;
let chromium: TestBrowser;
/** One page for all tests, since it is nine megabytes of script: each test works in tabs of its own. */
let visit: Visit;

beforeAll(async () => {
  gateway = await startTestGateway({ environment: { GRAPHIQL: 'true', NODE_ENV: 'development' } });
  chromium = await startChromium();
  visit = await visitGraphiql(chromium.browser, gateway.url);
}, 120_000);

afterAll(async () => {
  await chromium?.dispose();
  await gateway?.dispose();
});

// A busy machine takes its time over the page.
describe('GraphiQL in a browser', { timeout: 60_000 }, () => {
  it('opens with a tab for each example, named after its operation', async () => {
    const tabs = await visit.page.locator('.graphiql-tab-button').allTextContents();
    expect(tabs).toEqual([
      'EveryVendor',
      'DraftLocks',
      'ItemsAndDeployments',
      'Prompts',
      'Reviews',
      'Projects',
      'Sources',
      'LiveIds',
    ]);
    expect(await visit.page.title()).toBe('Lockstep');
  });

  it('shows data of all three vendors after a press of the run button', async () => {
    const { body } = await visit.run('EveryVendor');
    expect(body).not.toHaveProperty('errors');
    for (const vendor of ['DATADOG', 'HUMANLOOP', 'POSTHOG']) {
      await visit.answer.getByText(`"${vendor}"`).first().waitFor();
    }
    const screenshot = process.env['LOCKSTEP_SCREENSHOT'];
    if (screenshot !== undefined) await visit.page.screenshot({ path: screenshot });
  });

  it('runs the example of another tab and shows its answer in place of the first', async () => {
    await visit.openTab('DraftLocks');
    const { body } = await visit.run('DraftLocks');
    expect(body).not.toHaveProperty('errors');
    await visit.answer.getByText('"draftLock"').first().waitFor();
    await visit.answer.getByText('"Ben Okafor"').waitFor();
  });

  it('shows the descriptions of the schema', async () => {
    await visit.page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await visit.page.locator('.graphiql-doc-explorer').getByText('Query', { exact: true }).click();
    await visit.page.getByText('Datasets of every vendor (or of those in the filter)').waitFor();
    await visit.page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();
  });

  it('sends the headers that are typed, and leaves them in no storage of the browser', async () => {
    const key = 'phx_typedIntoTheHeadersEditor';
    await visit.openTab('Sources');
    await visit.writeHeaders(JSON.stringify({ 'x-posthog-api-key': key, 'x-posthog-project-id': '1001' }));
    const { request, body } = await visit.run('Sources');
    expect(await request.headerValue('x-posthog-api-key')).toBe(key);
    // The made-up key is refused by its vendor, and the others are well.
    expect(body).toMatchObject({
      data: { sources: [{ status: 'UP' }, { status: 'UP' }, { vendor: 'POSTHOG', status: 'DEGRADED' }] },
    });
    // GraphiQL stores its tabs when another is opened.
    await visit.openTab('Reviews');
    const stored = await visit.page.evaluate<string>('JSON.stringify([localStorage, sessionStorage])');
    expect(stored).toContain('EveryVendor');
    expect(stored).not.toContain(key);
  });

  it('knows the schema: it marks a field that does not exist', async () => {
    await visit.openTab('Projects');
    await visit.writeQuery('query Wrong { sources { vendor nosuchfield } }');
    await visit.page.locator('.squiggly-error').first().waitFor();
  });

  it('is there again with the edited operation after a reload', async () => {
    await visit.openTab('Prompts');
    await visit.writeQuery('query Edited { sources { vendor } }');
    await visit.page.waitForURL(/[?&]query=query\+Edited/);
    await visit.page.reload();
    await visit.page.getByRole('tab', { name: 'Edited', selected: true }).waitFor();
    expect((await visit.run('Edited')).body).toMatchObject({ data: { sources: [{}, {}, {}] } });
  });

  it('has asked nothing of any other host, and has met no error', () => {
    const origins = visit.requests.map((request) => new URL(request.url().replace(/^blob:/, '')).origin);
    expect(origins.length).toBeGreaterThan(5);
    expect([...new Set(origins)]).toEqual([gateway.origin]);
    expect(visit.problems).toEqual([]);
  });

  it('lets no script of its page reach another address', async () => {
    const elsewhere = gateway.sandbox.datadog.baseUrl;
    gateway.received('datadog');
    const outcome = await visit.page.evaluate<string>(
      `fetch(${JSON.stringify(elsewhere)}, { mode: 'no-cors' }).then(() => 'reached', () => 'refused')`,
    );
    expect(outcome).toBe('refused');
    expect(gateway.received('datadog')).toEqual([]);
  });
});

describe('GraphiQL switched off', () => {
  it('gives a browser no page', async () => {
    const closed = await startTestGateway({ environment: { GRAPHIQL: 'false' } });
    try {
      const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
      for (const path of ['/', '/graphql', '/graphql?query={__typename}']) {
        const response = await fetch(closed.origin + path, { headers });
        expect(response.headers.get('content-type'), path).toContain('json');
        expect(response.status, path).toBeGreaterThanOrEqual(400);
      }
    } finally {
      await closed.dispose();
    }
  });
});
