import { type InputIssue, SourceError } from '../../domain/errors.ts';
import type { Translate } from '../source.ts';
import { maximumLanguage, maximumTranslatedText } from './limits.ts';
import { inputErrorOf, lengthOf, refuseAll } from './refusals.ts';
import type { PostHogWriteClient } from './write-client.ts';

const translateFields = { text: 'text', target_language: 'targetLanguage' } as const;

function lengthIssues(field: string, text: string, maximum: number): readonly InputIssue[] {
  const length = lengthOf(text);
  if (length >= 1 && length <= maximum) return [];
  const code = length === 0 ? 'REQUIRED' : 'TOO_LONG';
  return [{ path: [field], message: `must have 1 to ${maximum} characters`, code }];
}

function errorLike(
  error: SourceError,
  code: 'FORBIDDEN' | 'SOURCE_UNAVAILABLE',
  message: string,
): SourceError {
  return new SourceError({
    code,
    vendor: 'POSTHOG',
    message,
    vendorRequestId: error.vendorRequestId,
    httpStatus: error.httpStatus,
    vendorErrors: error.vendorErrors,
    cause: error,
  });
}

function explained(error: unknown): unknown {
  if (!(error instanceof SourceError)) return error;
  if (error.code === 'FORBIDDEN') {
    // Both refusals have the same code, and PostHog's words are not to be relied on.
    return errorLike(
      error,
      'FORBIDDEN',
      'PostHog refused to translate. The organisation has to consent to AI data processing in its PostHog settings, and the key needs the scope llm_analytics:write; `vendorErrors` says which is missing.',
    );
  }
  // A 500 that PostHog worded itself: it is the whole answer, and a translation leaves nothing behind.
  const { cause } = error;
  const isModelFailure =
    error.code === 'OUTCOME_UNKNOWN' &&
    cause instanceof SourceError &&
    cause.vendorErrors.some(({ code }) => code === 'translation_error');
  if (!isModelFailure) return inputErrorOf(error, translateFields);
  return errorLike(
    cause,
    'SOURCE_UNAVAILABLE',
    'The model behind PostHog failed to translate: there is no translation. Another try may be paid for anew.',
  );
}

/** Translates by PostHog's model. A repeat is paid for again and may read otherwise. */
export function createTranslate(writes: PostHogWriteClient): Translate {
  return async (text, targetLanguage) => {
    const trimmed = text.trim();
    const language = targetLanguage?.trim();
    refuseAll([
      ...lengthIssues('text', trimmed, maximumTranslatedText),
      ...(language === undefined ? [] : lengthIssues('targetLanguage', language, maximumLanguage)),
    ]);
    try {
      const answer = await writes.translate({ text: trimmed, target_language: language });
      return {
        translation: answer.translation,
        detectedLanguage: answer.detected_language ?? null,
        provider: answer.provider ?? null,
      };
    } catch (error) {
      throw explained(error);
    }
  };
}
