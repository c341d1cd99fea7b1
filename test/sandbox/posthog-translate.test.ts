import { describe, expect, it } from 'vitest';
import { at, openPostHog, paths } from './posthog-harness.ts';

describe('PostHog sandbox: translate', () => {
  it('answers 200, the same for the same text, English by default', async () => {
    const { send } = await openPostHog();
    const translate = (body: unknown) => send('POST', paths.translate, { body });
    const first = await translate({ text: ' Guten Tag ' });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      translation: '[en] Guten Tag',
      detected_language: null,
      provider: 'openai',
    });
    expect((await translate({ text: 'Guten Tag' })).body).toEqual(first.body);
    expect(at((await translate({ text: 'Hi', target_language: 'pt-BR' })).body, 'translation')).toBe(
      '[pt-BR] Hi',
    );
  });

  it('keeps to its limits', async () => {
    const { send } = await openPostHog();
    const refused = async (body: unknown) => {
      const answered = await send('POST', paths.translate, { body });
      return [answered.status, at(answered.body, 'attr'), at(answered.body, 'code')];
    };
    expect(await refused({})).toEqual([400, 'text', 'required']);
    expect(await refused({ text: '  ' })).toEqual([400, 'text', 'blank']);
    expect(await refused({ text: null })).toEqual([400, 'text', 'null']);
    expect(await refused({ text: ['Hi'] })).toEqual([400, 'text', 'invalid_input']);
    expect(await refused({ text: 'x'.repeat(10_001) })).toEqual([400, 'text', 'max_length']);
    expect(await refused({ text: 'x', target_language: 'x'.repeat(11) })).toEqual([
      400,
      'target_language',
      'max_length',
    ]);
    // Characters count, not UTF-16 units.
    expect((await send('POST', paths.translate, { body: { text: '🙂'.repeat(10_000) } })).status).toBe(200);
  });

  it('wants consent before it looks at the body', async () => {
    const { send } = await openPostHog({ aiConsent: false });
    const refused = await send('POST', paths.translate, { body: {} });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ type: 'authentication_error', code: 'permission_denied' });
  });

  it('fails as the vendor does when its model fails', async () => {
    const { send } = await openPostHog({ translationFails: true });
    const failed = await send('POST', paths.translate, { body: { text: 'Hi' } });
    expect(failed.status).toBe(500);
    expect(failed.body).toMatchObject({ type: 'server_error', code: 'translation_error', attr: null });
  });
});
