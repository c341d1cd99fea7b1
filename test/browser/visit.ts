import type { Browser, Locator, Page, Request } from 'playwright-core';
import { expect } from 'vitest';

/** A page of GraphiQL and all that happened on it. */
export interface Visit {
  readonly page: Page;
  /** Every request that the page made, its workers' included. */
  readonly requests: readonly Request[];
  /** Errors on the console, and exceptions. */
  readonly problems: readonly string[];
  readonly answer: Locator;
  /** Resolves once GraphiQL has stored that this tab is the active one: by then it knows its operation too. */
  openTab(name: string): Promise<void>;
  /** Puts a document in place of the one in the editor. */
  writeQuery(document: string): Promise<void>;
  writeHeaders(json: string): Promise<void>;
  /** Presses the run button; gives the GraphQL response to it. */
  run(operationName: string): Promise<{ readonly body: unknown; readonly request: Request }>;
  dispose(): Promise<void>;
}

const storedTab =
  "(({ tabs, activeTabIndex }) => tabs[activeTabIndex].title)(JSON.parse(localStorage.getItem('graphiql:tabState')))";

/** Opens a page with a profile of its own and waits until it can be worked with. */
export async function visitGraphiql(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const requests: Request[] = [];
  const problems: string[] = [];
  context.on('request', (request) => requests.push(request));
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(url);
  const runButton = page.getByRole('button', { name: 'Execute query (Ctrl-Enter)' });
  await runButton.waitFor();
  return {
    page,
    requests,
    problems,
    answer: page.locator('.result-window'),
    openTab: async (name) => {
      await page.getByRole('tab').getByRole('button', { name, exact: true }).click();
      await expect.poll(() => page.evaluate<string>(storedTab), { timeout: 20_000 }).toBe(name);
    },
    writeQuery: async (document) => {
      await page.locator('.graphiql-query-editor .view-lines').click();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText(document);
    },
    writeHeaders: async (json) => {
      await page.getByRole('button', { name: 'Headers' }).click();
      await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines').click();
      await page.keyboard.insertText(json);
    },
    run: async (operationName) => {
      const [response] = await Promise.all([
        page.waitForResponse(
          (response) => response.request().postData()?.includes(`query ${operationName}`) === true,
        ),
        runButton.click(),
      ]);
      return { body: await response.json(), request: response.request() };
    },
    dispose: () => context.close(),
  };
}
