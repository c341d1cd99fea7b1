type ErrorType =
  | 'validation_error'
  | 'authentication_error'
  | 'invalid_request'
  | 'throttled_error'
  | 'server_error';

/** Thrown anywhere in a route; becomes the vendor's answer. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly body: object | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: object | undefined, headers: Readonly<Record<string, string>> = {}) {
    super(`PostHog sandbox answers ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** One failing member. Kept apart from the answer, since nested ones are printed instead of named. */
export class ValidationFailure extends ApiFailure {
  readonly attr: string | null;
  readonly code: string;
  readonly detail: string;

  /** The framework's generic code `invalid` goes out as `invalid_input` (public source of its error handler). */
  constructor(attr: string | null, code: string, detail: string) {
    const shown = code === 'invalid' ? 'invalid_input' : code;
    super(400, errorBody('validation_error', shown, detail, attr));
    this.attr = attr;
    this.code = code;
    this.detail = detail;
  }
}

/** The shape of every error that is raised rather than built by hand. */
export function errorBody(type: ErrorType, code: string, detail: string, attr: string | null = null): object {
  return { type, code, detail, attr };
}

export function invalid(attr: string | null, detail: string): ValidationFailure {
  return new ValidationFailure(attr, 'invalid', detail);
}

export function notFound(detail = 'Not found.'): ApiFailure {
  return new ApiFailure(404, errorBody('invalid_request', 'not_found', detail));
}

export function permissionDenied(detail: string): ApiFailure {
  return new ApiFailure(403, errorBody('authentication_error', 'permission_denied', detail));
}

export function methodNotAllowed(method: string): ApiFailure {
  return new ApiFailure(
    405,
    errorBody('invalid_request', 'method_not_allowed', `Method "${method}" not allowed.`),
  );
}

/** Answers that the vendor builds by hand carry no type, code or attr. */
export function bare(status: number, body: object): ApiFailure {
  return new ApiFailure(status, body);
}

/** Text as Python prints it, for the errors whose detail is a printed structure. */
export function pythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}
