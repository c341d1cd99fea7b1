import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../context.ts';
import { LockstepError } from '../domain/errors.ts';
import { statusOf } from '../domain/source-status.ts';
import type { Gateway } from '../gateway.ts';
import { jsonType, sendJson } from './http-answer.ts';

/** Who may see more than a status: everybody where nobody is asked who they are; undefined for who is not known. */
export async function whoLooks(
  { authentication }: Gateway,
  request: IncomingMessage,
): Promise<Caller | undefined> {
  try {
    return await authentication.authenticate(request.headers.authorization);
  } catch {
    return undefined;
  }
}

/** 200 while the process lives. */
export function serveLive(response: ServerResponse): void {
  sendJson(response, { status: 200, type: jsonType, body: { status: 'live' } });
}

/**
 * 200 while the gateway can serve, whatever the vendors do; the state of each that the caller may read is in the body. 503
 * while it drains.
 */
export async function serveReady(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  draining: boolean,
): Promise<void> {
  const status = draining ? 503 : 200;
  const body: Record<string, unknown> = { status: draining ? 'draining' : 'ready' };
  const caller = await whoLooks(gateway, request);
  if (caller !== undefined) {
    const joined = gateway.joined();
    if (joined !== undefined) {
      const { instance, outage } = joined;
      body['feed'] =
        outage === undefined ? { status: 'UP', instance } : { status: 'DOWN', instance, reason: outage };
    }
    const slots = gateway
      .ownSlots(AbortSignal.timeout(gateway.config.upstream.callTimeout))
      .filter(({ vendor }) => caller.permissions.read.has(vendor));
    body['sources'] = Object.fromEntries(
      await Promise.all(
        slots.map(async (slot) => {
          if (slot.source === undefined) return [slot.key, { status: 'UNCONFIGURED' }];
          try {
            await slot.probe();
            return [slot.key, { status: 'UP', sandbox: slot.sandbox }];
          } catch (error) {
            if (!(error instanceof LockstepError)) throw error;
            const { sandbox } = slot;
            return [
              slot.key,
              { status: statusOf(error), code: error.code, circuit: slot.circuit(), sandbox },
            ];
          }
        }),
      ),
    );
  }
  sendJson(response, { status, type: jsonType, body });
}
