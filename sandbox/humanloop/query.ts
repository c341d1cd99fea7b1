import { invalid, type ValidationDetail } from './vendor-error.ts';

const truths = new Map([
  ...['true', '1', 'yes', 'on'].map((word): [string, boolean] => [word, true]),
  ...['false', '0', 'no', 'off'].map((word): [string, boolean] => [word, false]),
]);

/**
 * Reads a query as FastAPI does, gathering every complaint into one 422. Assumption: the wording is that of
 * pydantic 1, which goes with the OpenAPI version of the vendor's own document.
 */
export class Query {
  readonly #parameters: URLSearchParams;
  readonly #complaints: ValidationDetail[] = [];

  constructor(url: string) {
    this.#parameters = new URL(url).searchParams;
  }

  text(name: string): string | undefined {
    return this.#parameters.get(name) ?? undefined;
  }

  texts(name: string): string[] {
    return this.#parameters.getAll(name);
  }

  required(name: string): string {
    const value = this.#parameters.get(name);
    if (value === null) this.#complain(name, 'field required', 'value_error.missing');
    return value ?? '';
  }

  integer(name: string, fallback: number, minimum: number): number {
    const value = this.#parameters.get(name);
    if (value === null) return fallback;
    if (!/^[+-]?\d{1,15}$/.test(value.trim())) {
      this.#complain(name, 'value is not a valid integer', 'type_error.integer');
      return fallback;
    }
    const number = Number(value);
    if (number < minimum) {
      const message = `ensure this value is greater than or equal to ${minimum}`;
      this.#complain(name, message, 'value_error.number.not_ge');
    }
    return number;
  }

  flag(name: string): boolean | undefined {
    const value = this.#parameters.get(name);
    if (value === null) return undefined;
    const truth = truths.get(value.toLowerCase());
    if (truth === undefined)
      this.#complain(name, 'value could not be parsed to a boolean', 'type_error.bool');
    return truth;
  }

  choice<Option extends string>(name: string, options: readonly Option[]): Option | undefined {
    const value = this.#parameters.get(name);
    if (value === null) return undefined;
    return this.#oneOf(name, value, options);
  }

  choices<Option extends string>(name: string, options: readonly Option[]): Option[] {
    return this.texts(name).flatMap((value) => this.#oneOf(name, value, options) ?? []);
  }

  /** Throws what was found wrong; call it after the last read. */
  check(): void {
    if (this.#complaints.length > 0) throw invalid(...this.#complaints);
  }

  #oneOf<Option extends string>(name: string, value: string, options: readonly Option[]): Option | undefined {
    const found = options.find((option) => option === value);
    if (found === undefined) {
      const permitted = options.map((option) => `'${option}'`).join(', ');
      const message = `value is not a valid enumeration member; permitted: ${permitted}`;
      this.#complain(name, message, 'type_error.enum');
    }
    return found;
  }

  #complain(name: string, msg: string, type: string): void {
    this.#complaints.push({ loc: ['query', name], msg, type });
  }
}
