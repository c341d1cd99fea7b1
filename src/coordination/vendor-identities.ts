/** Who the vendor takes an account for, as far as its answers have shown; the newest 1,000 accounts. */
export class VendorIdentities {
  static readonly limit = 1_000;
  readonly #known = new Map<string, string>();

  get(scope: string): string | undefined {
    return this.#known.get(scope);
  }

  learn(scope: string, vendorId: string): void {
    this.#known.delete(scope);
    this.#known.set(scope, vendorId);
    if (this.#known.size <= VendorIdentities.limit) return;
    const oldest = this.#known.keys().next().value;
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
