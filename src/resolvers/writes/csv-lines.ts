const [lineFeed, carriageReturn] = [0x0a, 0x0d];

const utf8 = new TextDecoder();

/** Where the records of a CSV file stand, told from where each of them ends. */
export class CsvLines {
  readonly #bytes: Uint8Array;
  #at = 0;
  #line = 1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The record from the end of the one before up to `end`: the line that it begins on, and its text. */
  next(end: number): { readonly line: number; readonly raw: string } {
    while (this.#at < end && this.#isLineEnd(this.#at)) this.#step();
    const line = this.#line;
    const start = this.#at;
    while (this.#at < end) this.#step();
    return { line, raw: utf8.decode(this.#bytes.subarray(start, end)) };
  }

  #isLineEnd(at: number): boolean {
    return this.#bytes[at] === lineFeed || this.#bytes[at] === carriageReturn;
  }

  #step(): void {
    const byte = this.#bytes[this.#at];
    this.#at += 1;
    const isPair = byte === carriageReturn && this.#bytes[this.#at] === lineFeed;
    if (byte === lineFeed || (byte === carriageReturn && !isPair)) this.#line += 1;
  }
}

/** Whether each quote of a record stands around a whole cell or doubled within one, as RFC 4180 says. */
export function quotesFit(raw: string): boolean {
  let at = raw.indexOf('"');
  while (at >= 0) {
    const before = raw[at - 1];
    if (before !== undefined && before !== ',') return false;
    at = raw.indexOf('"', at + 1);
    while (at >= 0 && raw[at + 1] === '"') at = raw.indexOf('"', at + 2);
    if (at < 0) return false;
    const after = raw[at + 1];
    if (after !== undefined && after !== ',' && after !== '\r' && after !== '\n') return false;
    at = raw.indexOf('"', at + 1);
  }
  return true;
}
