import SchemaBuilder from '@pothos/core';
import type { Context } from '../context.ts';
import type { Instant } from '../domain/instant.ts';
import type { Json } from '../domain/json.ts';
import type { UploadedFile } from '../domain/uploaded-file.ts';

interface BuilderTypes {
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Instant; Output: Instant };
    JSON: { Input: Json; Output: Json };
    Decimal: { Input: string; Output: string };
    File: { Input: UploadedFile; Output: never };
  };
}

/** The one builder: every file of this folder declares its noun on it, by side effect. */
export const builder = new SchemaBuilder<BuilderTypes>({});

/** What the builder knows, for functions that declare types. */
export type SchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<BuilderTypes>;
