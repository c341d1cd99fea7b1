import type { Dispatcher } from 'undici';
import type { ResponseHeaders } from './protocol.ts';

export interface ReceiveOptions {
  readonly dispatcher: Dispatcher;
  readonly request: Dispatcher.DispatchOptions;
  /** Milliseconds, from sending to the last byte. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** An answer with its whole body. */
export interface Received {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly text: string;
}

/** The time for an answer was over. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/**
 * Sends a request and takes its answer as it comes off the wire: undici's `request` makes a stream of each, which costs
 * more than all else. Whoever waits is told at once when the time is over, also of one that waits for a connection.
 */
export function receive({ dispatcher, request, timeout, signal }: ReceiveOptions): Promise<Received> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let stopped: Error | undefined;
    const chunks: Buffer[] = [];
    let status = 0;
    let headers: ResponseHeaders = {};

    const stop = (reason: Error): void => {
      stopped = reason;
      release();
      reject(reason);
      controller?.abort(reason);
    };
    const leave = (): void => stop(signal?.reason);
    const timer = setTimeout(() => stop(new TooLate(`no whole answer within ${timeout} ms`)), timeout);
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
    };
    if (signal?.aborted) return leave();
    signal?.addEventListener('abort', leave, { once: true });

    dispatcher.dispatch(request, {
      onRequestStart: (started) => {
        controller = started;
        // It got its connection too late: nothing is sent.
        if (stopped !== undefined) started.abort(stopped);
      },
      onResponseStart: (_controller, code, received) => {
        if (code < 200) return;
        status = code;
        headers = received;
      },
      onResponseData: (_controller, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => {
        release();
        const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
        resolve({ status, headers, text: textOf(body) });
      },
      onResponseError: (_controller, error) => {
        release();
        reject(error);
      },
    });
  });
}

/** UTF-8, without the mark that some put before it. */
function textOf(body: Buffer): string {
  const isMarked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return body.toString('utf8', isMarked ? 3 : 0);
}
