import { hash } from 'node:crypto';

/** JSON that is the same text for the same value, whatever the order of its members. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, key);
    if (member !== undefined)
      text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** A short fingerprint of a text. */
export function fingerprint(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 24);
}
