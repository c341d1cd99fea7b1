import type { Vendor } from '../generated/graphql.ts';
import type { TestGateway } from '../support/gateway.ts';
import { dataOf, present } from './reading.ts';
import { succeed } from './writing.ts';

export const promptVendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const satisfies readonly Vendor[];

let made = 0;

/** A name that every vendor takes and no other test has used. */
export function promptName(what: string): string {
  made += 1;
  return `${what}-${made}-${process.pid}`;
}

/** What a vendor requires of a version besides its content. */
export function configOf(vendor: Vendor): { readonly config?: Readonly<Record<string, unknown>> } {
  return vendor === 'HUMANLOOP' ? { config: { model: 'gpt-4o', temperature: 0.25 } } : {};
}

const chat = [
  { role: 'system', content: 'You help.' },
  { role: 'user', content: '{{question}}' },
];

/** Contents that a vendor can keep, as they are written and as they are read. */
export function contentsOf(vendor: Vendor): readonly { kind: string; content: object; read: object }[] {
  const text = {
    kind: 'text',
    content: { text: 'Say "hi"\n{{name}} ü' },
    read: { text: 'Say "hi"\n{{name}} ü' },
  };
  const messages = { kind: 'messages', content: { messages: chat }, read: { messages: chat } };
  return vendor === 'POSTHOG' ? [text] : [text, messages];
}

export interface ReadVersion {
  readonly ref: string;
  readonly number: number | null;
  readonly content: unknown;
  readonly config: unknown;
  readonly labels: readonly string[] | null;
  readonly description: string | null;
}
export interface ReadPrompt {
  readonly id: string;
  readonly name: string;
  readonly latestVersion: ReadVersion | null;
  readonly currentVersion: { readonly ref: string } | null;
  readonly versions: { readonly nodes: readonly { readonly ref: string }[] };
}

const promptDocument = `query ($id: ID!) { prompt(id: $id) {
  id name
  latestVersion { ref number config labels description content {
    ... on TextPrompt { text }
    ... on ChatPrompt { messages { role content } }
    ... on JsonPrompt { value }
  } }
  currentVersion { ref }
  versions(first: 100) { nodes { ref } }
} }`;

export async function readPrompt(gateway: TestGateway, id: string): Promise<ReadPrompt> {
  return present(
    dataOf(await gateway.query<{ prompt: ReadPrompt | null }, object>(promptDocument, { id })).prompt,
  );
}

/** Makes a prompt of one text through the gateway. */
export async function makePrompt(
  gateway: TestGateway,
  vendor: Vendor,
  text: string,
  name: string = promptName('prompt'),
): Promise<{ readonly id: string; readonly name: string; readonly ref: string }> {
  const { promptId, prompt } = await succeed<{
    readonly promptId: string;
    readonly prompt: { readonly latestVersion: { readonly ref: string } };
  }>(
    gateway,
    'createPrompt',
    { vendor, name, content: { text }, ...configOf(vendor) },
    'promptId prompt { latestVersion { ref } }',
  );
  return { id: promptId, name, ref: prompt.latestVersion.ref };
}
