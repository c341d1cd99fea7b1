import type { Account } from './account.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A secret as it stands in text, URLs, HTML and JSON (also within JSON); longest first, so that no piece is left. */
function waysToWrite(secret: string): readonly string[] {
  const html = secret.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
  const plain = [secret, encodeURIComponent(secret), encodeURI(secret), html];
  const json = plain.map(escapeJson);
  const all = new Set([...plain, ...json, ...json.map(escapeJson)]);
  return [...all].sort((a, b) => b.length - a.length);
}

/** Cuts an account's secrets out of a vendor's words, then what is longer than `longest`. */
export function scrub(account: Account, text: string, longest = 500): string {
  let clean = text;
  for (const secret of account.secrets) {
    if (secret === '') continue;
    for (const written of waysToWrite(secret)) clean = clean.replaceAll(written, '[secret]');
  }
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}
