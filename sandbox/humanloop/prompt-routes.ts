import type { Hono } from 'hono';
import { type Api, callerOf, writeContextOf } from './api.ts';
import { readBody } from './body.ts';
import { presentPrompt } from './present-prompt.ts';
import { PromptRequest } from './prompt-request.ts';
import { upsertPrompt } from './upsert-prompt.ts';

/** What only prompts have. */
export function addPromptRoutes(app: Hono, api: Api): void {
  app.post('/v5/prompts', async (context) => {
    const caller = callerOf(api, context);
    const request = await readBody(context, PromptRequest);
    const saved = upsertPrompt(writeContextOf(api, caller), request);
    const view = { tenant: caller.tenant, ...saved, switches: api.switches };
    return context.json(presentPrompt(view, false));
  });
}
