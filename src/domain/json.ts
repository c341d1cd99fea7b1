/** Any JSON value, as vendors keep it in inputs, outputs and metadata. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };

/**
 * The most levels of lists and objects that a value may have. What is deeper cannot be compared or written out without
 * running out of stack, which Node's own JSON does after a few thousand; nothing that people keep comes near either.
 */
export const deepestJson = 500;

/** Whether a value has no more levels than that. */
export function isShallow(value: unknown, levels: number = deepestJson): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((inner) => isShallow(inner, levels - 1));
  for (const name in value) {
    // A member of a value that was parsed from JSON is one of its own.
    if (!isShallow((value as Readonly<Record<string, unknown>>)[name], levels - 1)) return false;
  }
  return true;
}
