import type { MiddlewareHandler } from 'hono';
import { callerOf } from './credentials.ts';
import { DatadogFailure } from './datadog-failure.ts';
import type { DatadogContext } from './vendor.ts';

/**
 * Datadog spec: `DD-API-KEY` and `DD-APPLICATION-KEY` together; missing is 401, wrong is 403. Keys of two
 * different organisations are wrong too. The alternative, an OAuth bearer token, is not played.
 */
export const authenticate: MiddlewareHandler = async (context: DatadogContext, next) => {
  const apiKey = context.req.header('dd-api-key');
  const applicationKey = context.req.header('dd-application-key');
  if (apiKey === undefined) throw new DatadogFailure(401, 'API key is missing', { header: 'DD-API-KEY' });
  if (applicationKey === undefined) {
    throw new DatadogFailure(401, 'application key is missing', { header: 'DD-APPLICATION-KEY' });
  }
  const caller = callerOf(apiKey, applicationKey);
  if (caller === undefined) throw new DatadogFailure(403, 'API key or application key is not valid');
  context.set('caller', caller);
  await next();
};
