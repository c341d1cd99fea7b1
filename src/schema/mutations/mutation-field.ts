import type { InputObjectRef, ObjectRef } from '@pothos/core';
import type { Context } from '../../context.ts';
import { LockstepError, SourceError } from '../../domain/errors.ts';
import { costOfMutation } from '../../resolvers/costs/fields.ts';
import { builder, type SchemaTypes } from '../builder.ts';
import { costs } from '../cost.ts';
import { type ErrorTypeName, errorTypeName, errorTypes, ShownError } from '../user-errors.ts';

export interface MutationOptions<Input, Success extends object> {
  /** The field's name; with a capital it names the result union. */
  readonly name: string;
  readonly description: string;
  readonly input: InputObjectRef<SchemaTypes, Input>;
  readonly success: ObjectRef<SchemaTypes, Success>;
  /** Errors that the result can be. An error of another type stands in `errors`. */
  readonly errors: readonly ErrorTypeName[];
  /** What a caller does to find out whether a write has happened whose outcome is not known. */
  readonly toFindOut: string;
  readonly resolve: (context: Context, input: Input) => Promise<Success | LockstepError>;
}

/** Declares a mutation: one input, and a union of its success and its errors. */
export function mutationField<Input, Success extends object>(options: MutationOptions<Input, Success>): void {
  const { name, success, errors } = options;
  const shown: ReadonlySet<string | undefined> = new Set(errors);
  const result = builder.unionType(`${name.charAt(0).toUpperCase()}${name.slice(1)}Result`, {
    description: `What became of \`${name}\`: its success, or why not.`,
    // The table's types are more exact than a list of them can say.
    types: [success, ...errors.map((error) => errorTypes[error] as ObjectRef<SchemaTypes, unknown>)],
    resolveType: (value) => (value instanceof ShownError ? errorTypeName(value.error) : success.name),
  });
  builder.mutationField(name, (t) =>
    t.field({
      extensions: costs(costOfMutation),
      type: result,
      args: { input: t.arg({ type: options.input, required: true, description: 'What to do.' }) },
      description: options.description,
      resolve: async (_root, args, context) => {
        // Pothos's type of the arguments cannot see through the type parameter.
        const { input } = args as unknown as { readonly input: Input };
        const value = await options.resolve(context, input);
        if (!(value instanceof LockstepError)) return value as never; // One of the union's types, as is below.
        if (!shown.has(errorTypeName(value))) throw value;
        const isUnknown = value instanceof SourceError && value.code === 'OUTCOME_UNKNOWN';
        return new ShownError(
          isUnknown ? value.adding(`To find out, ${options.toFindOut}.`) : value,
        ) as never;
      },
    }),
  );
}
