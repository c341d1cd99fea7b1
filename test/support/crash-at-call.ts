/*
 * Loaded into a gateway's process ahead of it: ends the process at the first call to a vendor that follows the file
 * CRASH_WHEN, as a library does that goes wrong and puts the request that it was at on its error.
 */
import { subscribe } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
import { inspect } from 'node:util';

const when = process.env['CRASH_WHEN'] ?? '';
const how = process.env['CRASH_HOW'];

subscribe('undici:request:create', (message) => {
  if (!existsSync(when)) return;
  // Only a real request has what makes this worth a look.
  if (!inspect(message, { depth: 9 }).includes('c4n4ry')) throw new TypeError('a call without a secret');
  const inner = Object.assign(new TypeError('a span cannot be made of this'), { request: message });
  const error = Object.assign(new Error('tracing went wrong', { cause: inner }), { request: message });
  setImmediate(() => {
    if (how === 'an exception that names a key') throw new Error(`no good: ${process.env['DD_APP_KEY']}`);
    if (how === 'an exception') throw error;
    void Promise.reject(how === 'a rejection' ? error : message);
  });
});
