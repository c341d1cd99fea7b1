import { describe, expect, it } from 'vitest';
import { InvalidInputError, SourceError } from '../../src/domain/errors.ts';
import { acme, failureOf } from './posthog-harness.ts';
import { reviewRoot, usePostHogWrites, writersOf } from './posthog-write-harness.ts';

const test = usePostHogWrites();

describe('translating', () => {
  it('sends the text, and a language only when one is given', async () => {
    const { translate } = test.write();
    expect(await translate(' Guten Tag ', undefined)).toEqual({
      translation: '[en] Guten Tag',
      detectedLanguage: null,
      provider: 'openai',
    });
    await translate('Hello', 'de');
    const path = `${reviewRoot}/translate/`;
    expect(test.sent()).toEqual([
      { method: 'POST', path, body: { text: 'Guten Tag' } },
      { method: 'POST', path, body: { text: 'Hello', target_language: 'de' } },
    ]);
  });

  it.each([
    ['no text', '  ', undefined, 'text'],
    ['too much text', 'x'.repeat(10_001), undefined, 'text'],
    ['no language', 'x', ' ', 'targetLanguage'],
    ['too long a language', 'x', 'x'.repeat(11), 'targetLanguage'],
  ])('refuses %s before it is sent', async (_, text, language, field) => {
    const error = await failureOf(test.write().translate(text, language));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ issues: [{ path: [field] }] });
    expect(test.sent()).toEqual([]);
  });

  it('takes 10,000 characters, however many code units', async () => {
    const { translation } = await test.write().translate('😀'.repeat(10_000), undefined);
    expect(translation).toHaveLength('[en] '.length + 20_000);
  });

  it('without the organisation’s consent says what is missing', async () => {
    test.sandbox.switches.aiConsent = false;
    const error = await failureOf(test.write().translate('x', undefined));
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('consent to AI data processing'),
      vendorErrors: [{ detail: expect.stringContaining('approve') }],
    });
    const { translate } = writersOf(test.connect({ personalApiKey: acme.reader.apiKey }));
    expect(await failureOf(translate('x', undefined))).toMatchObject({
      message: expect.stringContaining('llm_analytics:write'),
    });
  });

  it('that the model failed at is a definite failure; any other 500 is not', async () => {
    test.sandbox.switches.translationFails = true;
    expect(await failureOf(test.write().translate('x', undefined))).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      httpStatus: 500,
      vendorErrors: [{ code: 'translation_error' }],
    });
    test.sandbox.server.faults.add({ method: 'POST', effect: { type: 'answer', status: 500 } });
    expect(await failureOf(test.write().translate('x', undefined))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
  });

  it('too often is told with when to come back', async () => {
    test.sandbox.switches.throttle = true;
    test.sandbox.switches.translationsPerMinute = 1;
    const { translate } = writersOf(test.connect());
    await translate('x', undefined);
    expect(await failureOf(translate('x', undefined))).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: expect.any(Number),
    });
  });
});
