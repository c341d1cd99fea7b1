import type { GraphQLField } from 'graphql';
import type { FieldCost } from '../resolvers/costs/weight.ts';

/** The extension of a field that says what it costs. */
export function costs<Args>(cost: FieldCost<Args>): { readonly cost: FieldCost<Args> } {
  return { cost };
}

/** What a field costs, where it says so. */
export function costOf(field: GraphQLField<unknown, unknown>): FieldCost | undefined {
  // Nothing but `costs` puts it there.
  return field.extensions['cost'] as FieldCost | undefined;
}
