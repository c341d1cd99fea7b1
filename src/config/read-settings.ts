import { readFileSync } from 'node:fs';
import { type SettingName, type SettingValue, settings } from './settings.ts';

/** A configuration that cannot be used: says every setting that is wrong, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A path to be shown: what was put in place of one may be what the file should hold, or a key. */
export function shownPath(path: string): string {
  return /["'{}]/.test(path) || /^[^./\\]{16,}$/.test(path) ? 'what it names' : path;
}

function readFile(path: string): Environment {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new ConfigError(`LOCKSTEP_CONFIG: ${shownPath(path)} is not a readable JSON file.`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ConfigError(`LOCKSTEP_CONFIG: ${path} must hold one JSON object of settings.`);
  }
  const unknown = Object.keys(json).filter((name) => !Object.hasOwn(settings, name));
  if (unknown.length > 0) {
    throw new ConfigError(`LOCKSTEP_CONFIG: ${path} has unknown settings: ${unknown.join(', ')}.`);
  }
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function withoutEmpty(values: Environment): Environment {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  );
}

/** Whether a text may hold a secret although its setting does not: a key in the wrong place, a URL with a password. */
function mayHoldSecret(text: string): boolean {
  return /[@?#]|[\w-]{24}/.test(text);
}

/** Reads settings by name, remembering what is wrong with each. */
export class SettingsReader {
  readonly #values: Environment;
  readonly #problems: string[] = [];

  /** The environment goes before the file that `LOCKSTEP_CONFIG` names. An empty text counts as not set. */
  constructor(environment: Environment) {
    const path = environment['LOCKSTEP_CONFIG'];
    const file = path === undefined || path === '' ? {} : readFile(path);
    this.#values = { ...withoutEmpty(file), ...withoutEmpty(environment) };
  }

  /** The value, the default, or undefined where there is neither. */
  get<Name extends SettingName>(name: Name): SettingValue<Name> | undefined {
    const setting = settings[name];
    const text = this.#values[name] ?? setting.default;
    if (text === undefined) return undefined;
    const value = setting.read(text);
    if (value === undefined) {
      const isHidden = 'secret' in setting || mayHoldSecret(text);
      const seen = isHidden ? '' : `, and is ${JSON.stringify(text.slice(0, 100))}`;
      this.#problems.push(`${name} must be ${setting.allowed}${seen}.`);
      return undefined;
    }
    // One table entry reads one type.
    return value as SettingValue<Name>;
  }

  /** The value of a setting that has a default. */
  need<Name extends SettingName>(name: Name): SettingValue<Name> {
    const value = this.get(name);
    // Wrong settings are refused together in `finish`; until then anything of the right type will do.
    return value ?? (settings[name].read(settings[name].default ?? '') as SettingValue<Name>);
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  /** Throws ConfigError with everything that is wrong. */
  finish(): void {
    if (this.#problems.length === 0) return;
    throw new ConfigError(`The configuration cannot be used:\n- ${this.#problems.join('\n- ')}`);
  }
}
