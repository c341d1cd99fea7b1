import {
  type InputIssue,
  InvalidInputError,
  NotFoundError,
  SourceError,
  type VendorErrorDetail,
} from '../../domain/errors.ts';

/** PostHog's members and the input fields that they are sent for. */
export type FieldNames = Readonly<Record<string, string>>;

/** Statuses by which PostHog refuses what was sent; other 4xx are about the route or the request as such. */
const inputStatuses: ReadonlySet<number | undefined> = new Set([400, 413, 422]);

function issueOf(detail: VendorErrorDetail, fields: FieldNames, path: readonly string[]): InputIssue {
  // Members of nested objects come joined by two underscores.
  const member = detail.source?.split('__')[0];
  const field = member === undefined ? undefined : fields[member];
  return {
    path: field === undefined ? path : [...path, field],
    message: detail.detail ?? 'was refused by PostHog',
    ...(detail.code === undefined ? {} : { code: detail.code }),
  };
}

/** A refusal of what was sent as an error about the input at `path`; any other error as it is. */
export function inputErrorOf(error: unknown, fields: FieldNames, path: readonly string[] = []): unknown {
  if (!isInputRefusal(error)) return error;
  const { vendorErrors, httpStatus } = error;
  const words = vendorErrors[0]?.detail;
  const issues = vendorErrors.map((detail) => issueOf(detail, fields, path));
  // Some refusals (413) come without a word: their place is known all the same.
  if (issues.length === 0 && path.length > 0) issues.push(issueOf({}, fields, path));
  return new InvalidInputError(
    `PostHog refused this${words === undefined ? ` with ${httpStatus}.` : `: ${words}`}`,
    issues,
  );
}

export function isInputRefusal(error: unknown): error is SourceError {
  return (
    error instanceof SourceError && error.code === 'INVALID_INPUT' && inputStatuses.has(error.httpStatus)
  );
}

/** Whether PostHog refused a write for the state that things are in, with this code of its own. */
export function isConflict(error: unknown, code?: string): error is SourceError {
  if (!(error instanceof SourceError) || error.code !== 'CONFLICT') return false;
  return code === undefined || error.vendorErrors.some((detail) => detail.code === code);
}

/** Throws when anything is wrong with an input, with all of it. Nothing has been sent. */
export function refuseAll(issues: readonly InputIssue[]): void {
  const [first] = issues;
  if (first === undefined) return;
  const more = issues.length === 1 ? '' : ` And ${issues.length - 1} more, see \`issues\`.`;
  throw new InvalidInputError(
    `\`${first.path.join('.')}\` cannot be used at PostHog: ${first.message}. Nothing was sent.${more}`,
    issues,
  );
}

export function noSuch(what: string): NotFoundError {
  return new NotFoundError(`PostHog has no such ${what}, or the credentials in use may not see it.`);
}

/** Characters as PostHog counts them: code points. */
export function lengthOf(text: string): number {
  if (text.length === 0) return 0;
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
