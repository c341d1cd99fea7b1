/** The codes that an error of this API can have, in `extensions.code` and in errors that are data. */
export const errorCodes = [
  'INVALID_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'UNSUPPORTED',
  'VERSION_CONFLICT',
  'DRAFT_LOCKED',
  'ALREADY_EXISTS',
  'CONFLICT',
  'PARTIAL_WRITE',
  'RATE_LIMITED',
  'SOURCE_UNAVAILABLE',
  'SOURCE_TIMEOUT',
  'SOURCE_CONTRACT_VIOLATION',
  'OUTCOME_UNKNOWN',
  'CURSOR_EXPIRED',
  'QUERY_TOO_EXPENSIVE',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof errorCodes)[number];
