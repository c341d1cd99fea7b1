import { type Context, Hono } from 'hono';
import { authenticate, checkScope, findProject, userOf } from './access.ts';
import { ApiFailure, errorBody, methodNotAllowed, notFound } from './api-error.ts';
import type { Answer, Call, Route } from './call.ts';
import { datasetItemRoutes } from './dataset-items.ts';
import { datasetRoutes } from './datasets.ts';
import { asFields } from './fields.ts';
import { promptLabelRoutes } from './prompt-labels.ts';
import { promptReadRoutes } from './prompt-reads.ts';
import { promptWriteRoutes } from './prompt-writes.ts';
import type { JsonObject } from './records.ts';
import { reviewQueueItemRoutes } from './review-queue-items.ts';
import { reviewQueueRoutes } from './review-queues.ts';
import { scoreDefinitionRoutes } from './score-definitions.ts';
import type { PostHogState } from './state.ts';
import type { Throttle } from './throttle.ts';
import { traceReviewRoutes } from './trace-reviews.ts';
import { translateRoutes } from './translate.ts';
import { renderMe } from './users.ts';

// Both prefixes behave equally for everything here (vendor facts).
const prefixes = ['/api/environments/:project_id', '/api/projects/:project_id'];

function parseBody(headers: Headers, body: string): JsonObject {
  if (body.trim() === '') return {};
  const type = headers.get('content-type') ?? '';
  // The vendor's framework also takes forms; none of its clients sends these routes one, so they are refused.
  if (!/^application\/json\b/i.test(type)) {
    const detail = `Unsupported media type "${type}" in request.`;
    throw new ApiFailure(415, errorBody('invalid_request', 'unsupported_media_type', detail));
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new ApiFailure(
      400,
      errorBody('invalid_request', 'parse_error', 'JSON parse error - malformed body'),
    );
  }
  return asFields(parsed);
}

/** The address as the client wrote it: the framework builds absolute links from the Host header. */
function writtenUrl(context: Context): URL {
  const url = new URL(context.req.url);
  const host = context.req.header('host');
  return host === undefined ? url : new URL(`${url.pathname}${url.search}`, `${url.protocol}//${host}`);
}

async function callOf(
  context: Context,
  state: PostHogState,
  route: Route,
  throttle: Throttle,
): Promise<Call> {
  const body = await context.req.text();
  const headers = context.req.raw.headers;
  const url = writtenUrl(context);
  const key = authenticate(headers, body, url.searchParams);
  checkScope(key, route.scope);
  const user = userOf(state, key);
  const token = url.searchParams.get('token');
  const project = findProject(state, key, user, context.req.param('project_id') ?? '', token);
  if (state.switches.throttle) throttle.check(key.apiKey, route.throttle ?? 'general', state.switches);
  return {
    key,
    user,
    project,
    state,
    switches: state.switches,
    url,
    query: Object.fromEntries(url.searchParams),
    param: (name) => context.req.param(name) ?? '',
    fields: () => parseBody(headers, body),
  };
}

function toResponse({ status, body, headers = {} }: Answer): Response {
  if (body === undefined) return new Response(null, { status, headers: { ...headers } });
  return Response.json(body, { status, headers: { ...headers } });
}

async function answered(act: () => Promise<Answer> | Answer): Promise<Response> {
  try {
    return toResponse(await act());
  } catch (failure) {
    if (failure instanceof ApiFailure) return toResponse(failure);
    const body = errorBody('server_error', 'error', 'A server error occurred.');
    return toResponse({ status: 500, body });
  }
}

function allRoutes(): readonly Route[] {
  return [
    ...traceReviewRoutes,
    ...scoreDefinitionRoutes,
    ...reviewQueueRoutes,
    ...reviewQueueItemRoutes,
    ...translateRoutes,
    ...promptReadRoutes,
    ...promptWriteRoutes,
    ...promptLabelRoutes,
    ...datasetRoutes,
    ...datasetItemRoutes,
  ];
}

/** The vendor's own routes over the given state. */
export function createPostHogApp(state: PostHogState, throttle: Throttle): Hono {
  // The slash at the end is optional (vendor facts).
  const app = new Hono({ strict: false });
  const routes = allRoutes();

  app.get('/api/users/@me', (context) =>
    answered(() => {
      const url = writtenUrl(context);
      const key = authenticate(context.req.raw.headers, '', url.searchParams);
      checkScope(key, 'user:read');
      if (state.switches.throttle) throttle.check(key.apiKey, 'general', state.switches);
      return { status: 200, body: renderMe(state, userOf(state, key)) };
    }),
  );

  for (const route of routes) {
    app.on(
      route.method,
      prefixes.map((prefix) => `${prefix}${route.path}`),
      (context, next) => {
        if (route.exists?.(state.switches) === false) return next();
        return answered(async () => route.handle(await callOf(context, state, route, throttle)));
      },
    );
  }

  for (const path of new Set(
    routes.filter((route) => route.exists === undefined).map((route) => route.path),
  )) {
    for (const prefix of prefixes) {
      app.all(`${prefix}${path}`, (context) =>
        answered(async () => {
          const url = writtenUrl(context);
          authenticate(context.req.raw.headers, await context.req.text(), url.searchParams);
          throw methodNotAllowed(context.req.method);
        }),
      );
    }
  }

  app.notFound(() => answered(() => Promise.reject(notFound('Endpoint not found.'))));
  return app;
}
