import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-answer.ts';

function tooLarge(limit: number): HttpError {
  return new HttpError(413, 'INVALID_INPUT', `The body is larger than the ${limit} bytes that are read.`);
}

/**
 * The whole body, up to `limit` bytes. Throws HttpError 413 without keeping more than that. The connection stays:
 * a client that is still sending would not see the answer on one that is closed under it, and Node throws away
 * what comes after the answer, for as long as `requestTimeout` says.
 */
export function readRequestBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return reject(tooLarge(limit));
    const chunks: Buffer[] = [];
    let size = 0;
    // Without an encoding set, a request gives Buffers (Node's documentation of readable streams).
    request.on('data', (bytes: Buffer) => {
      size += bytes.byteLength;
      if (size <= limit) {
        chunks.push(bytes);
        return;
      }
      chunks.length = 0;
      reject(tooLarge(limit));
    });
    request.on('end', () => {
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    request.on('error', reject);
    request.on('close', () => {
      // To make an error costs more than all else here, and every request closes.
      if (!request.complete) reject(new Error('The request broke off.'));
    });
  });
}
