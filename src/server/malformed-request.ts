import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { jsonType } from './http-answer.ts';
import { securityHeaderLines } from './security-headers.ts';

const refusals: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than this gateway reads.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/** Answers what cannot be read as HTTP, so that there is no request to answer; `code` is that of Node's error. */
export function refuseMalformed(socket: Duplex, code: string | undefined): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = refusals[code ?? ''] ?? [400, 'This is not a request that HTTP/1.1 knows.'];
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'INVALID_INPUT' } }] });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    `content-type: ${jsonType}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n${securityHeaderLines}\r\n${body}`);
}
