import type { Sandbox } from '../../sandbox/index.ts';
import type { TestGateway } from '../support/gateway.ts';
import type { VendorKey } from '../support/vendor-failures.ts';
import { present } from './reading.ts';
import { mutationDocument, type Told } from './writing.ts';

/** Ids that the inputs of writes need, by what they are of. */
export type Ids = Readonly<Record<string, string>>;

/** One mutation at one vendor that has it, with an input that succeeds on the seed. */
export interface VendorWrite {
  readonly mutation: string;
  /** What distinguishes it from others of the same mutation. */
  readonly of?: string;
  /** The writes that the vendor receives, in order: method, and how the path ends (`*` is any one segment). */
  readonly sends: readonly string[];
  /** Set where the vendor answers the write without a body. */
  readonly bodiless?: true;
  /** What has to be so at the vendor before. */
  readonly before?: (sandbox: Sandbox) => void;
  input(ids: Ids): object;
  /** The CSV that goes in place of `input.file`. */
  readonly file?: string;
  /** What of the thing that was written shows that it was; nothing where nothing is kept. */
  readonly shows?: Shows;
}

/** A thing that a success names: its id always, itself where it can be read back. */
export interface Shows {
  readonly object: 'dataset' | 'version' | 'prompt' | 'traceReview';
  /** Which of the ids it has, if it is there before. */
  readonly id?: string;
  /** Fields that the write changes. */
  readonly fields: string;
  /** Set where it is gone afterwards. */
  readonly gone?: true;
}

/** All writes of a vendor. */
export interface VendorWrites {
  readonly key: VendorKey;
  readonly name: string;
  readIds(gateway: TestGateway): Promise<Ids>;
  readonly writes: readonly VendorWrite[];
}

export function titleOf({ mutation, of }: VendorWrite): string {
  return of === undefined ? mutation : `${mutation} (${of})`;
}

/** A pattern over path and query of the requests that a `sends` entry is of. */
export function pathOf(sent: string): string {
  const [, end = ''] = sent.split(' ');
  return `${end.replaceAll('*', '[^/?]+')}/?(\\?.*)?$`;
}

export function methodOf(sent: string): string {
  return present(sent.split(' ')[0], `a method in ${sent}`);
}

/** The id that was looked for; a test that needs another one fails. */
export function idIn(ids: Ids, name: string): string {
  return present(ids[name], `the id of ${name}`);
}

/** What is selected of a success: what it names, and the thing itself. */
export function successOf({ object, fields, gone }: Shows): string {
  const id = object === 'version' ? 'datasetId versionRef' : `${object}Id`;
  return gone === true ? id : `${id} ${object} { id ${fields} }`;
}

export interface WriteAnswer {
  /** Absent where the document was refused. */
  readonly data?: Readonly<Record<string, Told & Readonly<Record<string, unknown>>>>;
  readonly errors?: readonly {
    readonly path?: readonly unknown[];
    readonly extensions: { readonly code: string };
  }[];
}

export interface SendOptions {
  readonly success?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a write and gives the whole answer. */
export async function sendWrite(
  gateway: TestGateway,
  write: VendorWrite,
  ids: Ids,
  { success = '', signal, headers: others = {} }: SendOptions = {},
): Promise<WriteAnswer> {
  const query = mutationDocument(write.mutation, success);
  const input = write.input(ids);
  const aborting = signal === undefined ? {} : { signal };
  let response: Response;
  if (write.file === undefined) {
    const body = JSON.stringify({ query, variables: { input } });
    const headers = { ...others, 'content-type': 'application/json' };
    response = await fetch(gateway.url, { method: 'POST', headers, body, ...aborting });
  } else {
    const form = new FormData();
    form.set('operations', JSON.stringify({ query, variables: { input: { ...input, file: null } } }));
    form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
    form.set('0', new Blob([write.file], { type: 'text/csv' }), 'items.csv');
    const headers = { ...others, 'graphql-require-preflight': '1' };
    response = await fetch(gateway.url, { method: 'POST', headers, body: form, ...aborting });
  }
  // What the gateway sends is a GraphQL response, or the test that reads it fails.
  return (await response.json()) as WriteAnswer;
}

/** The result of a write that was sent: its success, or what became of it. */
export function resultIn(
  answer: WriteAnswer,
  { mutation }: VendorWrite,
): Told & Readonly<Record<string, unknown>> {
  return present(answer.data?.[mutation], JSON.stringify(answer));
}

/** The writes that a vendor received, method and path, in order. */
export function writesIn(
  gateway: TestGateway,
  key: VendorKey,
): readonly { readonly method: string; readonly url: string }[] {
  return gateway.sandbox[key].server.requests.all.filter(({ method }) => method !== 'GET');
}
