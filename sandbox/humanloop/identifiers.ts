import { hash } from 'node:crypto';
import type { Random } from '../core/random.ts';

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Prefix and 21 letters or digits, the length of the vendor's samples. */
export function newIdentifier(prefix: string, random: Random): string {
  return `${prefix}_${random.text(21, alphabet)}`;
}

/** The same content always gives the same identifier. */
export function contentIdentifier(prefix: string, content: string): string {
  return `${prefix}_${hash('sha256', content, 'base64url').replaceAll(/[-_]/g, '0').slice(0, 21)}`;
}
