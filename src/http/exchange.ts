import type { Dispatcher } from 'undici';
import type { Account } from './account.ts';
import { type Exchanged, failureOf, parseJson } from './exchanged.ts';
import { errorOfAnswer, type ResponseHeaders, requestIdOf, type VendorProtocol } from './protocol.ts';
import { receive, TooLate } from './receive.ts';

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
  const { account, protocol, dispatcher, endpoint, timeout, signal, body } = request;
  try {
    const { status, headers, text } = await receive({
      dispatcher,
      timeout,
      signal,
      request: {
        origin: account.origin,
        path: account.pathPrefix + request.path,
        method: request.method,
        headers:
          body === undefined
            ? account.headers
            : { ...account.headers, 'content-type': request.contentType ?? 'application/json' },
        body: body ?? null,
      },
    });
    request.onAnswer(status, headers);
    const json = parseJson(text);
    if (status < 200 || status > 299) {
      const told = json === undefined ? text : json;
      throw errorOfAnswer({ account, protocol, endpoint, status, headers, body: told }, Date.now());
    }
    return { status, headers, text, json, requestId: () => requestIdOf(account, protocol, headers) };
  } catch (error) {
    throw failureOf(account, endpoint, error, error instanceof TooLate ? timeout : undefined);
  }
}
