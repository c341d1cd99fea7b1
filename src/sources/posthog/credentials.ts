import { InvalidInputError } from '../../domain/errors.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { type Account, createAccount } from '../../http/account.ts';
import { type CallerHeaders, readCallerHeader } from '../definition.ts';
import { generalRates } from './limits.ts';

export const keyHeader = 'x-posthog-api-key';
export const projectHeader = 'x-posthog-project-id';

export interface CredentialOptions {
  readonly source: SourceKey;
  readonly baseUrl: string;
  readonly personalApiKey: string | undefined;
  readonly projectId: string | undefined;
  readonly scopeKey: Buffer;
}

/** `@current` is not taken: it moves when the key's owner selects another project in PostHog's pages. */
const projectPattern = /^\d{1,15}$/;

function refused(header: string, message: string, what: string, code: string): InvalidInputError {
  return new InvalidInputError(message, [{ path: [header], message: what, code }]);
}

/** What a caller sends: both headers, or neither. */
function readCallerCredentials(
  header: CallerHeaders,
): { readonly personalApiKey: string; readonly projectId: string } | undefined {
  const personalApiKey = readCallerHeader(header, keyHeader);
  const projectId = readCallerHeader(header, projectHeader);
  if (personalApiKey === undefined && projectId === undefined) return undefined;
  if (personalApiKey === undefined) {
    throw refused(
      keyHeader,
      `The header ${projectHeader} needs ${keyHeader} beside it: the gateway's own PostHog key is not used for a caller's project.`,
      'is missing',
      'REQUIRED',
    );
  }
  if (projectId === undefined) {
    throw refused(
      projectHeader,
      `The header ${keyHeader} needs ${projectHeader} beside it: the number of the PostHog project to work in.`,
      'is missing',
      'REQUIRED',
    );
  }
  if (!projectPattern.test(projectId)) {
    throw refused(
      projectHeader,
      `The header ${projectHeader} takes the number of a PostHog project, as in the address of its pages.`,
      'must be a number',
      'INVALID_FORMAT',
    );
  }
  if (personalApiKey.startsWith('phc_')) {
    throw refused(
      keyHeader,
      `The header ${keyHeader} takes a personal API key (phx_…); this is a project token, which can only send events.`,
      'is a project token',
      'INVALID_FORMAT',
    );
  }
  return { personalApiKey, projectId };
}

/** How a caller's account is found. The gateway's own is made once. */
export function createAccountFor(options: CredentialOptions): (header: CallerHeaders) => Account | undefined {
  const { personalApiKey: ownKey, projectId: ownProject } = options;
  if (ownProject !== undefined && !projectPattern.test(ownProject)) {
    throw new TypeError('The PostHog project id must be the number of a project.');
  }

  function accountOf(personalApiKey: string, projectId: string, ofCaller: boolean): Account {
    return createAccount({
      source: options.source,
      vendor: 'POSTHOG',
      baseUrl: options.baseUrl,
      headers: { authorization: `Bearer ${personalApiKey}` },
      secrets: [personalApiKey],
      project: projectId,
      ofCaller,
      scopeKey: options.scopeKey,
      publishedRates: generalRates,
    });
  }

  const own =
    ownKey === undefined || ownProject === undefined ? undefined : accountOf(ownKey, ownProject, false);
  return (header) => {
    const sent = readCallerCredentials(header);
    return sent === undefined ? own : accountOf(sent.personalApiKey, sent.projectId, true);
  };
}
