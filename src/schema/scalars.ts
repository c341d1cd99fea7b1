import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { type Instant, parseInstant } from '../domain/instant.ts';
import { deepestJson, isShallow, type Json } from '../domain/json.ts';
import { UploadedFile } from '../domain/uploaded-file.ts';
import { builder } from './builder.ts';

const withZone = /([zZ]|[+-]\d\d:?\d\d)$/;

function readInstant(value: unknown): Instant {
  const instant = typeof value === 'string' && withZone.test(value) ? parseInstant(value) : undefined;
  if (instant !== undefined) return instant;
  throw new GraphQLError('A DateTime is an ISO 8601 instant with a zone, such as "2026-03-01T09:30:00Z".', {
    extensions: { code: 'INVALID_INPUT' },
  });
}

builder.scalarType('DateTime', {
  description:
    'An instant, ISO 8601 in UTC, always with zone: `2026-03-01T09:30:00.123456Z`. Keeps the fraction digits that the vendor gave (up to 9): compare as instants, not as text. As an input any zone is accepted.',
  serialize: (value) => value,
  parseValue: readInstant,
  parseLiteral: (node) => readInstant(node.kind === Kind.STRING ? node.value : undefined),
});

function readJson(value: Json): Json {
  if (isShallow(value)) return value;
  throw new GraphQLError(`A JSON value may have at most ${deepestJson} levels of lists and objects.`, {
    extensions: { code: 'INVALID_INPUT' },
  });
}

function jsonOfLiteral(
  node: ValueNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): Json {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((value) => jsonOfLiteral(value, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map((field) => [field.name.value, jsonOfLiteral(field.value, variables)]),
      );
    case Kind.VARIABLE:
      // Variables arrive as parsed JSON.
      return (variables?.[node.name.value] ?? null) as Json;
  }
}

builder.scalarType('JSON', {
  description:
    'Any JSON value: object, list, string, number, boolean or null, exactly as the vendor keeps it.',
  serialize: (value) => value,
  // Variables arrive as parsed JSON.
  parseValue: (value) => readJson(value as Json),
  parseLiteral: (node, variables) => readJson(jsonOfLiteral(node, variables)),
});

const decimal = /^-?\d{1,400}(\.\d{1,400})?$/;

function readDecimal(value: unknown): string {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'string' && decimal.test(text)) return text;
  throw new GraphQLError('A Decimal is a number as text, such as "4.500000", so that no digit is lost.', {
    extensions: { code: 'INVALID_INPUT' },
  });
}

builder.scalarType('Decimal', {
  description: 'A decimal number as text, such as `"4.500000"`: no digit is lost on the way.',
  serialize: (value) => value,
  parseValue: readDecimal,
  parseLiteral: (node) =>
    readDecimal(
      node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT
        ? node.value
        : undefined,
    ),
});

function readFile(value: unknown): UploadedFile {
  if (value instanceof UploadedFile) return value;
  throw new GraphQLError(
    'A File is sent as a part of a multipart request (GraphQL multipart request specification), and mapped to a variable.',
    { extensions: { code: 'INVALID_INPUT' } },
  );
}

builder.scalarType('File', {
  description:
    'A file that is sent along, as the GraphQL multipart request specification says: `multipart/form-data` with `operations`, `map` and the file.',
  serialize: () => {
    throw new TypeError('a File is only ever an input');
  },
  parseValue: readFile,
  parseLiteral: () => readFile(undefined),
});
