import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Json = { readonly [member: string]: unknown };

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(document: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), document);
}

/** OpenAPI 3.0 says `nullable: true`; JSON Schema says `type: [..., "null"]`. */
function withNullable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNullable);
  if (!isObject(node)) return node;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) if (key !== 'nullable') out[key] = withNullable(value);
  return node['nullable'] === true ? { anyOf: [out, { type: 'null' }] } : out;
}

/**
 * Compares answers with what a vendor documents (its OpenAPI excerpt in `test/vendors`). `check` throws with
 * every difference; an operation or status that is not documented throws too.
 */
export class DocumentedShapes {
  readonly #document: unknown;
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(vendor: 'datadog' | 'humanloop' | 'posthog') {
    const file = new URL(`../vendors/${vendor}.openapi.json`, import.meta.url);
    this.#document = withNullable(JSON.parse(readFileSync(file, 'utf8')));
    this.#ajv = new Ajv2020({ strict: false, allErrors: true });
    // ajv-formats is CommonJS: its default export arrives as a member.
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: 'document', ...(isObject(this.#document) ? this.#document : {}) });
  }

  /** `template` is the documented path, such as `/datasets/{id}`. */
  check(method: string, template: string, status: number, body: unknown): void {
    const response = at(this.#document, 'paths', template, method.toLowerCase(), 'responses', String(status));
    if (response === undefined) throw new Error(`${method} ${template}: ${status} is not documented`);
    const resolved = this.#resolve(response);
    const content = at(resolved, 'content');
    if (!isObject(content)) {
      if (body === undefined || body === '') return;
      throw new Error(
        `${method} ${template} ${status}: documented without a body, got ${JSON.stringify(body)}`,
      );
    }
    const media = content['application/json'] ?? Object.values(content)[0];
    const schema = at(media, 'schema');
    if (schema === undefined) return;
    const key = `${method} ${template} ${status}`;
    const validate = this.#compiled.get(key) ?? this.#compile(schema);
    this.#compiled.set(key, validate);
    if (!validate(body)) {
      throw new Error(`${key} differs from its documentation: ${this.#ajv.errorsText(validate.errors)}`);
    }
  }

  #compile(schema: unknown): ValidateFunction {
    return this.#ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/')),
    );
  }

  #resolve(node: unknown): unknown {
    const reference = at(node, '$ref');
    if (typeof reference !== 'string') return node;
    return at(this.#document, ...reference.split('/').slice(1));
  }
}
