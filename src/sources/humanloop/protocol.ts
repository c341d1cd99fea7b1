import type { VendorErrorDetail } from '../../domain/errors.ts';
import type { VendorProtocol } from '../../http/protocol.ts';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** FastAPI's validation entry `{loc, msg, type}`, or the vendor's `{type, message, code, origin}`. */
function readEntry(entry: unknown): VendorErrorDetail {
  if (!isRecord(entry)) return { detail: textOf(entry) ?? JSON.stringify(entry) };
  const { loc, msg, message, type, code, origin } = entry;
  const known: VendorErrorDetail = {
    detail: textOf(msg) ?? textOf(message),
    code: textOf(code) ?? textOf(type),
    source: Array.isArray(loc) ? loc.map(String).join('.') : textOf(origin),
  };
  return known.detail === undefined ? { ...known, detail: JSON.stringify(entry) } : known;
}

function readErrors(body: unknown): readonly VendorErrorDetail[] {
  const detail = isRecord(body) && 'detail' in body ? body['detail'] : body;
  if (detail === '' || detail === null || detail === undefined) return [];
  // A page of a proxy or gateway in between is nobody's words.
  if (typeof detail === 'string' && /<[a-z!]/i.test(detail)) return [];
  return Array.isArray(detail) ? detail.map(readEntry) : [readEntry(detail)];
}

/** Bodies outside 422 are not typed by the vendor: `detail` is a string, an object or a list, else the raw text. */
export const humanloopProtocol: VendorProtocol = {
  // None is published; this is the one that proxies and FastAPI middleware commonly send.
  requestIdHeaders: ['x-request-id'],
  readErrors,
};
