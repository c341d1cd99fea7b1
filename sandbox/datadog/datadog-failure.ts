import type { Dialect } from './switches.ts';

/** Every status of a refusal that the sandbox knows. */
export type FailureStatus = 400 | 401 | 403 | 404 | 409 | 413 | 423 | 429 | 500;

const titles: Record<FailureStatus, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Payload Too Large',
  423: 'Locked',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

/** Where in the request the fault lies (Datadog spec, `JSONAPIErrorItemSource`). */
export interface FailureSource {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly header?: string;
}

/** A request that Datadog refuses. */
export class DatadogFailure extends Error {
  override readonly name = 'DatadogFailure' as const;
  readonly status: FailureStatus;
  readonly source: FailureSource | undefined;

  constructor(status: FailureStatus, detail: string, source?: FailureSource) {
    super(detail);
    this.status = status;
    this.source = source;
  }
}

/**
 * The body of a refusal. Datadog spec: JSON:API error items, except that a 429 is a list of texts. Recorded:
 * mostly title "Generic Error" and a detail, nothing more. For refused credentials the recorded dialect gives
 * the list of texts that Datadog's other endpoints give (assumption: no such call is among the recordings).
 */
export function failureBody(failure: DatadogFailure, dialect: Dialect): { errors: unknown[] } {
  if (failure.status === 429) return { errors: [failure.message] };
  if (dialect === 'recorded') {
    if (failure.status === 401 || failure.status === 403) return { errors: [titles[failure.status]] };
    return { errors: [{ title: 'Generic Error', detail: failure.message }] };
  }
  return {
    errors: [
      {
        title: titles[failure.status],
        detail: failure.message,
        status: String(failure.status),
        ...(failure.source === undefined ? {} : { source: failure.source }),
      },
    ],
  };
}
