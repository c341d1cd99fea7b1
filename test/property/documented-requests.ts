import { readFileSync } from 'node:fs';
import type { VendorKey } from '../support/vendor-failures.ts';

/** One documented operation: undefined stands for a parameter of the path. */
interface Template {
  readonly method: string;
  readonly text: string;
  readonly segments: readonly (string | undefined)[];
  readonly query: ReadonlySet<string>;
}

interface Parameter {
  readonly in?: string;
  readonly name?: string;
  readonly $ref?: string;
}
type PathItem = Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>;

/** Where the vendor's paths begin, below its address. */
const prefixes: Readonly<Record<VendorKey, string>> = { datadog: '', humanloop: '/v5', posthog: '' };

/** What the vendor's published document leaves out, and its public server source or its pages have (see its README). */
const further: Readonly<Record<VendorKey, readonly (readonly [method: string, path: string])[]>> = {
  datadog: [],
  humanloop: [],
  posthog: [
    ['POST', '/api/projects/{project_id}/datasets/{id}/archive/'],
    ['POST', '/api/projects/{project_id}/dataset_items/{id}/archive/'],
    ['POST', '/api/projects/{project_id}/dataset_items/{id}/restore/'],
    ['PUT', '/api/environments/{project_id}/llm_prompts/name/{prompt_name}/labels/{label_name}/'],
  ],
};

const methods = new Set(['get', 'post', 'put', 'patch', 'delete']);

function templateOf(method: string, path: string, query: readonly string[]): Template {
  const segments = path.split('/').map((one) => (one.startsWith('{') ? undefined : one));
  return { method: method.toUpperCase(), text: path, segments, query: new Set(query) };
}

function readTemplates(vendor: VendorKey): readonly Template[] {
  const file = new URL(`../vendors/${vendor}.openapi.json`, import.meta.url);
  // The vendors' documents are OpenAPI, or nothing here finds what it looks for and every request is a problem.
  const document = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly paths: Readonly<Record<string, PathItem>>;
    readonly components: { readonly parameters?: Readonly<Record<string, Parameter>> };
  };
  const named = document.components.parameters ?? {};
  const resolve = (one: Parameter): Parameter =>
    one.$ref === undefined ? one : (named[one.$ref.split('/').at(-1) ?? ''] ?? {});
  const documented = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.has(method))
      .map(([method, { parameters = [] }]) => {
        const query = parameters.map(resolve).filter((one) => one.in === 'query');
        return templateOf(
          method,
          prefixes[vendor] + path,
          query.flatMap(({ name }) => name ?? []),
        );
      }),
  );
  return [...documented, ...further[vendor].map(([method, path]) => templateOf(method, path, []))];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Whether a text is written the one way that every server and proxy reads alike. */
function isCanonical(encoded: string): boolean {
  const text = decoded(encoded);
  return text !== undefined && encodeURIComponent(text) === encoded && text !== '.' && text !== '..';
}

function fits(template: Template, method: string, segments: readonly string[]): boolean {
  return (
    template.method === method &&
    template.segments.length === segments.length &&
    template.segments.every(
      (own, index) => own === segments[index] || (own === undefined && segments[index] !== ''),
    )
  );
}

/** Knows what requests a vendor documents. */
export class DocumentedRequests {
  readonly #templates: readonly Template[];

  constructor(vendor: VendorKey) {
    this.#templates = readTemplates(vendor);
  }

  /** What is wrong with a request; undefined when it is one documented operation, and no other. */
  problemOf(method: string, url: string): string | undefined {
    const [path = '', query, ...more] = url.split('?');
    if (more.length > 0 || !/^[\x21-\x7e]+$/.test(url) || url.includes('#'))
      return 'is no plain path and query';
    const segments = path.split('/');
    if (segments.some((segment) => segment !== '' && !isCanonical(segment)))
      return 'has a segment in disguise';
    const found = this.#templates.filter((template) => fits(template, method, segments));
    const [template] = found;
    if (template === undefined) return 'is not documented';
    if (found.length > 1) return `is any of ${found.map(({ text }) => text).join(', ')}`;
    const names: string[] = [];
    for (const pair of query === undefined ? [] : query.split('&')) {
      const [name = '', value = '', ...others] = pair.split('=');
      if (others.length > 0 || (value !== '' && !isQueryValue(value))) return `has the parameter ${pair}`;
      names.push(decoded(name) ?? name);
    }
    const foreign = names.find((name) => !template.query.has(name));
    if (foreign !== undefined) return `has a parameter ${foreign}, which ${template.text} does not have`;
    return new Set(names).size === names.length ? undefined : 'has a parameter twice';
  }

  /** The values of a request: the parameters of its path and its query, decoded. */
  valuesOf(method: string, url: string): readonly string[] {
    const [path = '', query = ''] = url.split('?');
    const segments = path.split('/');
    const template = this.#templates.find((one) => fits(one, method, segments));
    const inPath = segments.filter((_, index) => template?.segments[index] === undefined);
    return [...inPath, ...query.split('&').map((pair) => pair.split('=')[1] ?? '')].map(
      (one) => decoded(one) ?? one,
    );
  }
}

/** As a path, but a dot means nothing in a query. */
function isQueryValue(encoded: string): boolean {
  const text = decoded(encoded);
  return text !== undefined && encodeURIComponent(text) === encoded;
}
