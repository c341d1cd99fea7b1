import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { pathsOf, refused, succeed, takeWrites } from './writing.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});
afterEach(() => {
  const { server, state } = gateway.sandbox.posthog;
  server.faults.clear();
  Object.assign(state.switches, { aiConsent: true, translationFails: false });
});

interface Translation {
  readonly translation: string;
  readonly detectedLanguage: string | null;
  readonly provider: string | null;
}

function translate(input: object): Promise<Translation> {
  return succeed<Translation>(gateway, 'translateText', input, 'translation detectedLanguage provider');
}

describe('translateText', () => {
  it('translates to English, or to the language that is asked for', async () => {
    expect(await translate({ text: 'Guten Tag' })).toMatchObject({
      translation: '[en] Guten Tag',
      detectedLanguage: null,
      provider: 'openai',
    });
    expect((await translate({ text: 'Hello', targetLanguage: 'pt-BR' })).translation).toBe('[pt-BR] Hello');
    expect((await translate({ text: 'Hello', targetLanguage: null })).translation).toBe('[en] Hello');
    expect(takeWrites(gateway)).toHaveLength(3);
  });

  it('takes 10,000 characters, however many units of UTF-16 they are', async () => {
    const text = '🎉'.repeat(10_000);
    expect((await translate({ text })).translation).toBe(`[en] ${text}`);
    const told = await refused(gateway, 'translateText', { text: 'x'.repeat(10_001) });
    expect(told.__typename).toBe('InvalidInputError');
    expect(pathsOf(told)).toEqual(['input.text']);
    expect(takeWrites(gateway)).toHaveLength(1);
  });

  it.each([
    ['no text', { text: '' }, 'input.text'],
    ['a blank text', { text: ' \n ' }, 'input.text'],
    ['no language', { text: 'x', targetLanguage: '' }, 'input.targetLanguage'],
    ['a language of eleven characters', { text: 'x', targetLanguage: 'de-AT-1901x' }, 'input.targetLanguage'],
  ])('refuses %s, and sends nothing', async (_what, input, path) => {
    const told = await refused(gateway, 'translateText', input);
    expect(told.__typename).toBe('InvalidInputError');
    expect(pathsOf(told)).toEqual([path]);
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('says that the organisation has to consent', async () => {
    gateway.sandbox.posthog.state.switches.aiConsent = false;
    const told = await refused(gateway, 'translateText', { text: 'Hello' });
    expect(told).toMatchObject({
      __typename: 'SourceFailure',
      code: 'FORBIDDEN',
      vendor: 'POSTHOG',
      httpStatus: 403,
    });
    expect(told.message).toMatch(/consent to AI data processing/);
    expect(told.vendorErrors?.[0]?.detail).toContain('approve AI data processing');
  });

  it('says that the model failed, which leaves nothing behind', async () => {
    gateway.sandbox.posthog.state.switches.translationFails = true;
    const told = await refused(gateway, 'translateText', { text: 'Hello' });
    expect(told).toMatchObject({ __typename: 'SourceFailure', code: 'SOURCE_UNAVAILABLE', httpStatus: 500 });
    expect(told.message).toContain('paid for');
    expect(takeWrites(gateway)).toHaveLength(1);
  });

  it.each(['reset-after', 'half', 'cut-json'] as const)(
    'is not sent again after %s: each is paid for',
    async (type) => {
      gateway.sandbox.posthog.server.faults.add({ path: 'translate', effect: { type } });
      const told = await refused(gateway, 'translateText', { text: 'Hello' });
      expect(told).toMatchObject({
        __typename: 'OutcomeUnknownError',
        code: 'OUTCOME_UNKNOWN',
        vendor: 'POSTHOG',
      });
      expect(takeWrites(gateway)).toHaveLength(1);
    },
  );

  it('tells when its quota is used up, and when it is back', async () => {
    gateway.sandbox.posthog.server.faults.add({
      path: 'translate',
      effect: { type: 'answer', status: 429, headers: { 'retry-after': '77' }, body: '{}' },
    });
    const told = await refused(gateway, 'translateText', { text: 'Hello' });
    expect(told).toMatchObject({ __typename: 'SourceFailure', code: 'RATE_LIMITED', retryAfterSeconds: 77 });
    expect(takeWrites(gateway)).toHaveLength(1);
  });
});
