import type { Account } from './account.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A secret as it stands in text, URLs, HTML and JSON (also within JSON). */
function waysToWrite(secret: string): readonly string[] {
  const html = secret.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
  const plain = [secret, encodeURIComponent(secret), encodeURI(secret), html];
  const json = plain.map(escapeJson);
  return [...plain, ...json, ...json.map(escapeJson)];
}

/**
 * Cuts an account's secrets out of a vendor's words, longest first so that no piece of one is left, then what is
 * longer than `longest`.
 */
export function scrub(account: Account, text: string, longest = 500): string {
  const written = new Set(account.secrets.filter((secret) => secret !== '').flatMap(waysToWrite));
  let clean = text;
  for (const way of [...written].sort((a, b) => b.length - a.length))
    clean = clean.replaceAll(way, '[secret]');
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}
