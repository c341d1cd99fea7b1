/** One setting: what it means, what is allowed, and how its text is read. */
export interface Setting<T> {
  readonly description: string;
  /** What is allowed, as the message that refuses anything else says it. */
  readonly allowed: string;
  /** Default as text; undefined when there is none. */
  readonly default: string | undefined;
  /** What a number counts. */
  readonly unit?: string;
  readonly secret?: true;
  /** Undefined when the text is not allowed. */
  read(text: string): T | undefined;
}

export function whole(
  description: string,
  unit: string,
  range: { readonly min: number; readonly max: number; readonly default: number },
): Setting<number> {
  return {
    description,
    allowed: `a whole number from ${range.min} to ${range.max} (${unit})`,
    default: String(range.default),
    unit,
    read: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= range.min && value <= range.max ? value : undefined;
    },
  };
}

export function choice<const Value extends string>(
  description: string,
  values: readonly Value[],
  byDefault: Value | undefined,
): Setting<Value> {
  return {
    description,
    allowed: `one of ${values.join(', ')}`,
    default: byDefault,
    read: (text) => values.find((value) => value === text),
  };
}

export function flag(description: string, byDefault: 'true' | 'false' | undefined): Setting<boolean> {
  return {
    description,
    allowed: 'true or false',
    default: byDefault,
    read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  };
}

export function text(
  description: string,
  allowed: string,
  pattern: RegExp,
  byDefault?: string,
): Setting<string> {
  return {
    description,
    allowed,
    default: byDefault,
    read: (value) => (pattern.test(value) ? value : undefined),
  };
}

export function secret(description: string): Setting<string> {
  return { ...text(description, '1 to 512 visible ASCII characters', /^[\x21-\x7e]{1,512}$/), secret: true };
}

function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return plain && (url.protocol === 'http:' || url.protocol === 'https:');
}

export function address(description: string, byDefault?: string): Setting<string> {
  return {
    description,
    allowed: 'an http or https URL without credentials, query and fragment',
    default: byDefault,
    read: (value) => (isHttpUrl(value) ? value.replace(/\/+$/, '') : undefined),
  };
}
