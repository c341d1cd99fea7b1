/** Closes a switch over a union: a member that is added later fails to compile here. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value: ${JSON.stringify(value)}`);
}
