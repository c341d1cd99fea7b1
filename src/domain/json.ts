/** Any JSON value, as vendors keep it in inputs, outputs and metadata. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };
