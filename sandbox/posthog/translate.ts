import { ApiFailure, errorBody, permissionDenied } from './api-error.ts';
import { type Answer, type Call, ok, type Route } from './call.ts';
import { notNull, readText, required } from './fields.ts';

const maximumText = 10_000;
const maximumLanguage = 10;

/** Not a translation, but one that shows what was asked for and is always the same. */
function pretendTranslation(text: string, language: string): string {
  return `[${language}] ${text}`;
}

function translate(call: Call): Answer {
  if (!call.switches.aiConsent) {
    throw permissionDenied(
      'Your organization must approve AI data processing before text can be translated.',
    );
  }
  const fields = call.fields();
  const text = required(readText(fields, 'text', { maxLength: maximumText }), 'text');
  const asked = readText(fields, 'target_language', { maxLength: maximumLanguage });
  const language = asked === undefined ? 'en' : notNull(asked, 'target_language');
  if (call.switches.translationFails) {
    const body = errorBody(
      'server_error',
      'translation_error',
      'Translation failed due to an internal error.',
    );
    throw new ApiFailure(500, body);
  }
  return ok({
    translation: pretendTranslation(text, language),
    detected_language: null,
    provider: 'openai',
  });
}

export const translateRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/llm_analytics/translate',
    scope: 'llm_analytics:write',
    throttle: 'translate',
    handle: translate,
  },
];
