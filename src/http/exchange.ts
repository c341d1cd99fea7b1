import type { Dispatcher } from 'undici';
import type { Account } from './account.ts';
import { type Exchanged, failureOf, parseJson } from './exchanged.ts';
import { errorOfAnswer, type ResponseHeaders, requestIdOf, type VendorProtocol } from './protocol.ts';

export interface ExchangeRequest {
  readonly account: Account;
  readonly protocol: VendorProtocol;
  readonly dispatcher: Dispatcher;
  readonly endpoint: string;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly body?: string | Uint8Array | undefined;
  readonly contentType?: string | undefined;
  /** Milliseconds, from sending to the last byte. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of every whole answer. */
  readonly onAnswer: (status: number, headers: ResponseHeaders) => void;
}

/** One request and its whole answer. Throws SourceError for everything that is not a 2xx answer. */
export async function exchange(request: ExchangeRequest): Promise<Exchanged> {
  const { account, protocol, endpoint, timeout, signal } = request;
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    abort();
  }, timeout);
  try {
    const answer = await request.dispatcher.request({
      origin: account.origin,
      path: account.pathPrefix + request.path,
      method: request.method,
      headers:
        request.body === undefined
          ? account.headers
          : { ...account.headers, 'content-type': request.contentType ?? 'application/json' },
      body: request.body ?? null,
      signal: controller.signal,
    });
    const text = await answer.body.text();
    const { statusCode: status, headers } = answer;
    request.onAnswer(status, headers);
    const json = parseJson(text);
    if (status < 200 || status > 299) {
      const body = json === undefined ? text : json;
      throw errorOfAnswer({ account, protocol, endpoint, status, headers, body }, Date.now());
    }
    const vendorRequestId = requestIdOf(account, protocol, headers);
    return { status, headers, text, json, vendorRequestId };
  } catch (error) {
    throw failureOf(account, endpoint, error, timedOut ? timeout : undefined);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
