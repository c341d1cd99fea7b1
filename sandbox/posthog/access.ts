import { ApiFailure, errorBody, notFound, permissionDenied } from './api-error.ts';
import { type PostHogKey, posthogKeys } from './credentials.ts';
import { isJsonObject } from './fields.ts';
import type { PostHogProject, PostHogUser } from './records.ts';
import type { PostHogState } from './state.ts';

function unauthorized(code: string, detail: string): ApiFailure {
  const headers = { 'www-authenticate': 'Bearer' };
  return new ApiFailure(401, errorBody('authentication_error', code, detail), headers);
}

function bodyKey(body: string): unknown {
  if (!body.includes('personal_api_key')) return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    return isJsonObject(parsed) ? parsed['personal_api_key'] : undefined;
  } catch {
    return undefined;
  }
}

/** The key of the request: header first, then body, then query (vendor facts). */
export function authenticate(headers: Headers, body: string, query: URLSearchParams): PostHogKey {
  const bearer = /^Bearer\s+(\S.*)$/.exec(headers.get('authorization') ?? '')?.[1];
  const candidates = [
    { place: 'Authorization header', value: bearer?.trim() },
    { place: 'body', value: bodyKey(body) },
    { place: 'query string', value: query.get('personal_api_key') ?? undefined },
  ];
  const sent = candidates.find(({ value }) => value !== undefined);
  if (sent === undefined) {
    throw unauthorized('not_authenticated', 'Authentication credentials were not provided.');
  }
  const key = posthogKeys.find(({ apiKey }) => apiKey === sent.value);
  if (key !== undefined) return key;
  throw unauthorized('authentication_failed', `Personal API key found in request ${sent.place} is invalid.`);
}

export function checkScope(key: PostHogKey, scope: string): void {
  const writing = scope.replace(/:read$/, ':write');
  if (key.scopes.some((own) => own === '*' || own === scope || own === writing)) return;
  throw permissionDenied(`API key missing required scope '${scope}'`);
}

export function userOf(state: PostHogState, key: PostHogKey): PostHogUser {
  const members = [...state.projects.values()].flatMap((project) => project.members);
  const user = members.find(({ id }) => id === key.userId);
  if (user === undefined) throw unauthorized('authentication_failed', 'User inactive or deleted.');
  return user;
}

/** The project that the user has selected in the vendor's pages: here the first that the user is in. */
export function selectedProject(state: PostHogState, user: PostHogUser): PostHogProject {
  const own = [...state.projects.values()].find(({ members }) => members.includes(user));
  if (own === undefined) throw notFound();
  return own;
}

function namedProject(
  state: PostHogState,
  user: PostHogUser,
  id: string,
  token: string | null,
): PostHogProject {
  if (id !== '@current') {
    const project = /^\d+$/.test(id) ? state.projects.get(Number(id)) : undefined;
    if (project === undefined) throw notFound('Project not found.');
    return project;
  }
  if (token === null) return selectedProject(state, user);
  const project = [...state.projects.values()].find((one) => one.token === token);
  // Assumption: a project token that does not exist is an authentication failure.
  if (project === undefined) throw unauthorized('authentication_failed', 'Project token is invalid.');
  return project;
}

/** The project of the address, if key and user may be in it; a foreign one is 403 (vendor facts). */
export function findProject(
  state: PostHogState,
  key: PostHogKey,
  user: PostHogUser,
  id: string,
  token: string | null,
): PostHogProject {
  const project = namedProject(state, user, id, token);
  if (key.projects?.includes(project.id) === false) {
    throw permissionDenied(`API key does not have access to the requested project: ID ${project.id}.`);
  }
  if (!project.members.includes(user)) throw permissionDenied("You don't have access to the project.");
  return project;
}
