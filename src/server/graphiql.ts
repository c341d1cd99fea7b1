import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Named operations that run as they stand, in the order of their tabs; some with variables for the sandbox. */
const examples = [
  'every-vendor',
  'draft-locks',
  'items',
  'prompts',
  'reviews',
  'projects',
  'sources',
  'live',
];

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="#0b7285" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"><path d="m4 5 5 7-5 7m6.500-14 5 7-5 7m6.500-14 5 7-5 7"/></svg>';

/**
 * GraphiQL takes this rule off a tab that has the focus. The place that its animation left the tab at when the page
 * opened comes to light then: the tab jumps away under the pointer, and the click is lost.
 */
const tabsStayInPlace = '<style>.graphiql-tab.graphiql-tab{transform:none!important}</style>';

/** Where a script stands in a page, as browsers find it (HTML Standard): up to the next end tag, whatever is around. */
const scripts = /<script\b[^>]*>([\s\S]*?)<\/script/gi;

/** Everything that the page may do: run its own scripts, and talk to this gateway alone, whatever is typed into it. */
function contentSecurityPolicyOf(html: string): string {
  const own = Array.from(html.matchAll(scripts), ([, script = '']) => {
    return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  });
  return [
    "default-src 'none'",
    `script-src ${own.join(' ')}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

interface Page {
  readonly html: Buffer;
  readonly contentSecurityPolicy: string;
}

/** Whether a browser asks for a page, not for an answer. */
export function wantsPage(request: IncomingMessage): boolean {
  return request.method === 'GET' && request.headers.accept?.includes('text/html') === true;
}

async function renderPage(): Promise<Page> {
  // Nine megabytes that only who opens the page should pay for. It holds everything: no other host is asked.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const tabs = examples.map((name) => {
    const variables = new URL(`./examples/${name}.variables.json`, import.meta.url);
    return {
      query: readFileSync(new URL(`./examples/${name}.graphql`, import.meta.url), 'utf8'),
      ...(existsSync(variables) ? { variables: readFileSync(variables, 'utf8') } : {}),
    };
  });
  const html = await renderGraphiQL({
    title: 'Lockstep',
    logo,
    favicon: `data:image/svg+xml,${encodeURIComponent(logo)}`,
    defaultTabs: tabs,
    // Events at the same address, rather than a WebSocket: so the headers that are typed go for subscriptions too.
    subscriptionsProtocol: 'GRAPHQL_SSE',
    // A subscription by GET would have its document in the address, which may be only so long.
    method: 'POST',
    // A vendor's key may be typed there: the browser's storage is no place for it.
    shouldPersistHeaders: false,
  });
  const page = html.replace('</head>', `${tabsStayInPlace}</head>`);
  return { html: Buffer.from(page, 'utf8'), contentSecurityPolicy: contentSecurityPolicyOf(page) };
}

/** Serves GraphiQL with its examples; the page is made when it is first asked for. */
export function createGraphiqlPage(): (response: ServerResponse) => Promise<void> {
  let page: Promise<Page> | undefined;
  return async (response) => {
    page ??= renderPage();
    const { html, contentSecurityPolicy } = await page;
    response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-length': html.byteLength,
        'content-security-policy': contentSecurityPolicy,
      })
      .end(html);
  };
}
