import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { buildSchema } from 'graphql';
import { Pool } from 'undici';
import { Random } from '../../sandbox/core/random.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import type { IdKind } from '../../src/domain/identity.ts';
import { addressOf } from '../property/hostile-values.ts';
import { broken } from './broken-text.ts';
import type { FuzzGateway } from './fuzz-gateway.ts';
import { type HeardAnswer, judge } from './judge.ts';
import { makeMessage } from './random-message.ts';
import { type MadeOperation, OperationMaker, type OperationPool } from './random-operation.ts';
import { oddText } from './random-value.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly operations: number;
  readonly messages: number;
  /** Told of progress, now and then. */
  readonly onProgress?: (done: number, all: number) => Promise<void> | void;
}

export interface FuzzReport {
  /** How often what was answered: codes, or what the answer was. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** What must not be, with what made it. */
  readonly problems: readonly string[];
}

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const sideBySide = { operations: 8, messages: 48 };
/** How long a client waits for an answer that may not come, before it closes its side. Milliseconds. */
const quiet = 100;
/** A vendor's state is made anew after so many, since most of what is written is never taken away. */
const resetAfter = 2_000;
const patience = 30_000;

/** Bound to one gateway over one sandbox: sends what it makes up, and judges what comes back. */
class Fuzzer {
  readonly outcomes = new Map<string, number>();
  readonly problems: string[] = [];
  readonly #gateway: FuzzGateway;
  readonly #options: FuzzOptions;
  readonly #pool: OperationPool;

  constructor(gateway: FuzzGateway, options: FuzzOptions, pool: OperationPool) {
    this.#gateway = gateway;
    this.#options = options;
    this.#pool = pool;
  }

  /** The same for the same seed and number, whatever came before. */
  #makeOperation(number: number): { readonly random: Random; readonly operation: MadeOperation } {
    const random = new Random(this.#options.seed + number * 7_919);
    return { random, operation: new OperationMaker(schema, random, this.#pool).next() };
  }

  #note(what: string, number: number, answer: HeardAnswer, sent: string): void {
    const verdict = judge(answer);
    const outcome = typeof verdict === 'string' ? verdict : (verdict[0] ?? `${what} ${answer.status}`);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    if (typeof verdict === 'string')
      this.#problem(what, number, `${verdict}: ${answer.text.slice(0, 600)}`, sent);
  }

  #problem(what: string, number: number, wrong: string, sent: string): void {
    this.problems.push(
      `${what} ${number} of seed ${this.#options.seed} ${wrong}\nsent: ${JSON.stringify(sent.slice(0, 3_000))}`,
    );
  }

  get mayGoOn(): boolean {
    return this.problems.length < 20 && this.#gateway.exit === undefined;
  }

  async sendOperation(pool: Pool, number: number): Promise<void> {
    const { random, operation } = this.#makeOperation(number);
    const query = random.next() < 0.25 ? broken(random, operation.query) : operation.query;
    const json = JSON.stringify({ ...operation, query });
    const body = random.next() < 0.03 ? broken(random, json) : json;
    const byGet = operation.kind === 'query' && random.next() < 0.05 && body.length < 4_000;
    const accept =
      operation.kind === 'subscription' && random.next() < 0.7
        ? 'text/event-stream'
        : random.pick(['application/json', 'application/graphql-response+json', '*/*']);
    const parameters = new URLSearchParams({ query, variables: JSON.stringify(operation.variables) });
    try {
      const answer = await pool.request({
        path: byGet ? `/graphql?${parameters}` : '/graphql',
        method: byGet ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', accept, 'graphql-require-preflight': '1' },
        ...(byGet ? {} : { body }),
        signal: AbortSignal.timeout(patience),
      });
      const type = String(answer.headers['content-type'] ?? '');
      if (type.startsWith('text/event-stream')) {
        // It may go on for ever: that it began, or what it says first, is enough.
        for await (const chunk of answer.body) {
          if (String(chunk).includes('"INTERNAL"')) this.#problem('operation', number, String(chunk), body);
          break;
        }
        this.#note('stream', number, { status: answer.statusCode, type, text: '' }, body);
      } else {
        const text = await answer.body.text();
        this.#note(
          'operation',
          number,
          { status: answer.statusCode, type, text },
          byGet ? `GET ${parameters}` : body,
        );
      }
    } catch (error) {
      this.#problem('operation', number, `got no answer (${String(error)})`, body);
    }
  }

  async sendMessage(number: number): Promise<void> {
    const { random, operation } = this.#makeOperation(number);
    const { kind, bytes } = makeMessage(
      random,
      random.next() < 0.9 ? operation : { ...operation, query: oddText(random) },
    );
    const { hostname, port } = new URL(this.#gateway.origin);
    const heard = await new Promise<Buffer | undefined>((resolve) => {
      const socket = connect(Number(port), hostname);
      const chunks: Buffer[] = [];
      AbortSignal.timeout(patience).addEventListener('abort', () => {
        socket.destroy();
        resolve(undefined);
      });
      // Who waits for an answer gets it while it keeps its side open; some leave at once.
      socket.setTimeout(random.next() < 0.2 ? 1 : quiet, () => socket.end());
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        socket.setTimeout(quiet / 5);
      });
      // It may be cut off while it is still being sent.
      socket.on('error', () => undefined);
      socket.once('close', () => resolve(Buffer.concat(chunks)));
      const cut = random.next() < 0.3 ? random.below(bytes.length + 1) : bytes.length;
      socket.write(bytes.subarray(0, cut));
      socket.write(bytes.subarray(cut), () => {
        if (random.next() < 0.03) socket.destroy();
      });
    });
    const sent = bytes.toString('latin1');
    if (heard === undefined) this.#problem(kind, number, 'was held open', sent);
    else for (const answer of answersIn(heard)) this.#note(kind, number, answer, sent);
    if (heard?.length === 0)
      this.outcomes.set(`${kind} closed`, (this.outcomes.get(`${kind} closed`) ?? 0) + 1);
  }
}

/** The answers of HTTP in what came; what comes after a switch of protocols is none. */
function answersIn(heard: Buffer): readonly HeardAnswer[] {
  const answers: HeardAnswer[] = [];
  let rest = heard;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    const head = end < 0 ? '' : rest.subarray(0, end).toString('latin1');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
    if (status === 0) return answers;
    const type = /\r\ncontent-type: ([^\r]*)/i.exec(head)?.[1] ?? '';
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const body = rest.subarray(end + 4, end + 4 + length);
    const isWhole = body.length === length && length > 0;
    answers.push({ status, type: isWhole ? type : '', text: body.toString('utf8') });
    if (status === 101) return answers;
    rest = rest.subarray(end + 4 + length);
  }
}

/** Ids and cursors of what is there, and ids of what is not. */
async function readPool(origin: string): Promise<OperationPool> {
  const page = '{ nodes { id } pageInfo { endCursor } }';
  const query = `{
    ${['DATADOG', 'HUMANLOOP', 'POSTHOG'].map((one) => `${one}: datasets(first: 4, filter: { vendors: [${one}] }) { nodes { id items(first: 3) ${page} versions(first: 2) { nodes { id } } } pageInfo { endCursor } } p${one}: prompts(first: 4, filter: { vendors: [${one}] }) { nodes { id versions(first: 2) { nodes { id } } } pageInfo { endCursor } }`).join(' ')}
    all: datasets(first: 3) ${page} projects(first: 3) ${page} modelLabProjects(first: 3) ${page} traceReviews(first: 3) ${page} scoreDefinitions(first: 3) ${page}
  }`;
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  const ids = Array.from(text.matchAll(/"id":"([^"]+)"/g), ([, id = '']) => id);
  const cursors = Array.from(text.matchAll(/"endCursor":"([^"]+)"/g), ([, cursor = '']) => cursor);
  const [first, ...others] = ids;
  if (first === undefined || cursors.length < 5) throw new Error(`nothing to begin with: ${text}`);
  const absent = ['datadog:ds:a:b', 'humanloop:ds:x', 'posthog:pr:..', 'humanloop:pr:a%3Ab', 'nowhere:ds:a'];
  const all = [first, ...others, ...absent.map((one) => Buffer.from(one).toString('base64url'))] as const;
  const idsByKind = new Map<IdKind, string[]>();
  for (const id of all) {
    const kind = addressOf(id)?.kind;
    if (kind !== undefined) idsByKind.set(kind, [...(idsByKind.get(kind) ?? []), id]);
  }
  return { ids: [...all], idsByKind, cursors };
}

/** Sends made-up operations, then made-up messages, and tells what came of it. */
export async function fuzz(
  gateway: FuzzGateway,
  sandbox: Sandbox,
  options: FuzzOptions,
): Promise<FuzzReport> {
  const fuzzer = new Fuzzer(gateway, options, await readPool(gateway.origin));
  const pool = new Pool(gateway.origin, { connections: sideBySide.operations });
  const all = options.operations + options.messages;
  const vendors = [sandbox.datadog, sandbox.humanloop, sandbox.posthog];

  /** Sends those of these numbers, so many at a time. */
  async function run(
    from: number,
    to: number,
    width: number,
    send: (number: number) => Promise<void>,
  ): Promise<void> {
    let next = from;
    const work = async (): Promise<void> => {
      while (next < to && fuzzer.mayGoOn) {
        const number = next;
        next += 1;
        if (number % resetAfter === 0) {
          for (const vendor of vendors) {
            vendor.reset();
            vendor.server.requests.clear();
          }
          await options.onProgress?.(number, all);
        }
        await send(number);
      }
    };
    await Promise.all(Array.from({ length: width }, work));
  }
  await run(0, options.operations, sideBySide.operations, (number) => fuzzer.sendOperation(pool, number));
  await run(options.operations, all, sideBySide.messages, (number) => fuzzer.sendMessage(number));
  await pool.destroy();
  return { outcomes: fuzzer.outcomes, problems: fuzzer.problems };
}
