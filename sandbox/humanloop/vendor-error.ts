/** One entry of a 422 body, as FastAPI writes it. */
export interface ValidationDetail {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** An answer other than success; `detail` becomes the body's only member. */
export class VendorError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 409 | 422 | 429;
  readonly detail: string | readonly ValidationDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: VendorError['status'],
    detail: VendorError['detail'],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(typeof detail === 'string' ? detail : 'validation');
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

// Assumption: bodies outside 422 are unpublished; FastAPI's own errors have a string in `detail`.

export function notFound(what: string): VendorError {
  return new VendorError(404, `${what} not found.`);
}

export function conflict(message: string): VendorError {
  return new VendorError(409, message);
}

export function invalid(...details: readonly ValidationDetail[]): VendorError {
  return new VendorError(422, details);
}
