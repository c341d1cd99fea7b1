import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Named operations that run as they stand, in the order of their tabs. */
const examples = ['every-vendor', 'draft-locks', 'items', 'prompts', 'reviews', 'projects', 'sources'];

/** Whether a browser asks for a page, not for an answer. */
export function wantsPage(request: IncomingMessage): boolean {
  return request.method === 'GET' && request.headers.accept?.includes('text/html') === true;
}

async function renderPage(): Promise<Buffer> {
  // Nine megabytes that only who opens the page should pay for. It holds everything: no other host is asked.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const tabs = examples.map((name) => ({
    query: readFileSync(new URL(`./examples/${name}.graphql`, import.meta.url), 'utf8'),
  }));
  const html = await renderGraphiQL({ title: 'Lockstep GraphiQL', defaultTabs: tabs });
  return Buffer.from(html, 'utf8');
}

/** Serves GraphiQL with its examples; the page is made when it is first asked for. */
export function createGraphiqlPage(): (response: ServerResponse) => Promise<void> {
  let page: Promise<Buffer> | undefined;
  return async (response) => {
    page ??= renderPage();
    const html = await page;
    response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-length': html.byteLength,
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      })
      .end(html);
  };
}
