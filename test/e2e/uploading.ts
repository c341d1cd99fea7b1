import type { AnswerError, TestGateway } from '../support/gateway.ts';
import { type Headers, type ItemFailure, mutationDocument, type Told } from './writing.ts';

export interface Uploaded extends Told {
  readonly addedCount: number;
  readonly versionRef: string | null;
  readonly rejected: readonly ItemFailure[];
}

export const uploadDocument = mutationDocument(
  'uploadDatasetCsv',
  'addedCount versionRef rejected { path code message }',
);

export interface UploadAnswer {
  readonly status: number;
  readonly result: Uploaded | null | undefined;
  readonly errors: readonly AnswerError[];
}

/** Headers by which a page of another site could not have sent it. */
export const preflighted: Headers = { 'graphql-require-preflight': '1' };

/** Sends a form as it is. */
export async function sendForm(
  gateway: TestGateway,
  form: FormData,
  headers: Headers = preflighted,
): Promise<UploadAnswer> {
  const response = await fetch(gateway.url, { method: 'POST', headers, body: form });
  // Whatever its status, an answer is a GraphQL response, or the tests that read its members fail.
  const body = (await response.json()) as {
    readonly data?: { readonly uploadDatasetCsv?: Uploaded | null } | null;
    readonly errors?: readonly AnswerError[];
  };
  return { status: response.status, result: body.data?.uploadDatasetCsv, errors: body.errors ?? [] };
}

/** The form of an upload, in the order of the GraphQL multipart request specification. */
export function formOf(input: object, csv: string | Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.append(
    'operations',
    JSON.stringify({ query: uploadDocument, variables: { input: { ...input, file: null } } }),
  );
  form.append('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.append('0', new Blob([csv], { type: 'text/csv' }), 'items.csv');
  return form;
}

/** Uploads a file; what the mutation gave. */
export async function upload(
  gateway: TestGateway,
  input: object,
  csv: string | Uint8Array<ArrayBuffer>,
): Promise<Uploaded> {
  const { status, result, errors } = await sendForm(gateway, formOf(input, csv));
  if (status !== 200 || errors.length > 0 || result === null || result === undefined) {
    throw new Error(`the upload was not executed: ${status} ${JSON.stringify(errors)}`);
  }
  return result;
}
