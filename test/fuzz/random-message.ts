import type { Random } from '../../sandbox/core/random.ts';
import { broken, brokenBytes } from './broken-text.ts';
import type { MadeOperation } from './random-operation.ts';
import { oddText } from './random-value.ts';

/** Bytes for a connection of their own. */
export interface MadeMessage {
  readonly kind: 'http' | 'multipart' | 'websocket';
  readonly bytes: Buffer;
}

function post(body: Buffer | string, headers: readonly string[]): Buffer {
  const bytes = Buffer.from(body);
  const head = ['POST /graphql HTTP/1.1', 'host: localhost', 'connection: close', ...headers];
  return Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\ncontent-length: ${bytes.length}\r\n\r\n`),
    bytes,
  ]);
}

function jsonOf({ query, variables, operationName }: MadeOperation): string {
  return JSON.stringify({ query, variables, operationName });
}

const accepts: readonly [string, ...string[]] = [
  'application/json',
  'application/graphql-response+json',
  'text/event-stream',
  '*/*',
  'text/html',
  'a/b;q=x',
];

function http(random: Random, operation: MadeOperation): Buffer {
  const accept = `accept: ${random.pick(accepts)}`;
  switch (random.below(8)) {
    case 0: {
      const parameters = new URLSearchParams({
        query: operation.query,
        variables: JSON.stringify(operation.variables),
      });
      return Buffer.from(
        `GET /graphql?${parameters} HTTP/1.1\r\nhost: localhost\r\ngraphql-require-preflight: 1\r\nconnection: close\r\n${accept}\r\n\r\n`,
      );
    }
    case 1: {
      const body = jsonOf(operation);
      const cut = random.below(body.length);
      const pieces = [body.slice(0, cut), body.slice(cut)].map(
        (piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`,
      );
      return Buffer.from(
        `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n${accept}\r\n\r\n${pieces.join('')}0\r\n\r\n`,
      );
    }
    case 2: {
      const method = random.pick([
        'GET',
        'POST',
        'PUT',
        'HEAD',
        'OPTIONS',
        'TRACE',
        'PROPFIND',
        'CONNECT',
        'get',
        'PRI',
      ]);
      const path = random.pick([
        '/',
        '*',
        '/metrics',
        '/health/ready',
        '/health/live',
        '/graphql',
        '//x',
        '/%',
        '/export/datasets/x.csv',
      ]);
      const header = `${random.text(1 + random.below(20), 'abc-_ :()\0é')}: ${oddText(random)}`;
      return Buffer.from(
        `${method} ${path} HTTP/${random.pick(['1.1', '1.0', '2.0', '0.9', '1.x'])}\r\nhost: localhost\r\n${header}\r\n\r\n`,
      );
    }
    case 3: {
      const one = post(jsonOf(operation), ['content-type: application/json']);
      return Buffer.concat([one, one.subarray(0, random.below(one.length)), one]);
    }
    case 4:
      return post(jsonOf(operation), [
        `content-type: ${random.pick(['application/json; charset=utf-16', 'text/plain', 'application/x-www-form-urlencoded', '', ';', 'application/graphql'])}`,
        accept,
        ...Array.from({ length: random.below(130) }, (_, n) => `x-${n}: ${n}`),
      ]);
    case 5: {
      const body = Buffer.from(jsonOf(operation));
      return post(body, [
        'content-type: application/json',
        `content-encoding: ${random.pick(['gzip', 'br', 'x'])}`,
        `content-length: ${random.below(9) - 1}`,
      ]);
    }
    case 6:
      return Buffer.from(random.text(1 + random.below(400), '\r\n :/?#[]{}"\\abcGETPOSTHTTP/1.1\0\x16\x03é'));
    default:
      return post(jsonOf(operation), ['content-type: application/json', accept]);
  }
}

function multipart(random: Random, operation: MadeOperation): Buffer {
  const boundary = random.pick(['x', '----line', '', '"a b"', 'a'.repeat(80), 'é', 'x; charset=y']);
  const path = random.pick([
    ...([
      'variables.input.file',
      'variables.input',
      'variables',
      'query',
      '',
      '.',
      'variables.__proto__.file',
    ] as const),
    ...[
      'variables.input.file.0',
      'variables.v0',
      'variables.v0.file',
      `variables${'.a'.repeat(5_000)}`,
      'operations',
    ],
  ]);
  const operations =
    random.next() < 0.5
      ? jsonOf(operation)
      : JSON.stringify({
          query:
            'mutation ($input: UploadDatasetCsvInput!) { uploadDatasetCsv(input: $input) { __typename } }',
          variables: { input: { datasetId: Object.values(operation.variables)[0] ?? 'x', file: null } },
        });
  const map =
    random.next() < 0.8
      ? JSON.stringify({ 0: [path, ...(random.next() < 0.2 ? [path] : [])] })
      : oddText(random);
  const part = (disposition: string, content: string): string =>
    `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
  const csv =
    random.next() < 0.7
      ? 'input,expected_output\n"{""q"":1}",b\n'
      : broken(random, 'input,tags\n"a","b\nc"\n1,[,\0');
  const parts = [
    part('name="operations"', operations),
    part('name="map"', map),
    part(`name="0"; filename="${oddText(random)}"`, csv),
  ];
  if (random.next() < 0.2) parts.reverse();
  if (random.next() < 0.2) parts.splice(random.below(3), 1);
  return post(`${parts.join('')}--${boundary}--\r\n`, [
    `content-type: multipart/form-data; boundary=${boundary}`,
    'graphql-require-preflight: 1',
  ]);
}

function bytesOf(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

function frame(random: Random, payload: Buffer, opcode = 1): Buffer {
  const mask = bytesOf(random, 4);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  const first = (random.next() < 0.97 ? 0x80 : random.below(256)) | opcode;
  if (payload.length < 126) return Buffer.concat([Buffer.of(first, 0x80 | payload.length), mask, masked]);
  const head = Buffer.of(first, 0x80 | 126, 0, 0);
  head.writeUInt16BE(Math.min(65_535, payload.length), 2);
  return Buffer.concat([head, mask, masked]);
}

function webSocket(random: Random, operation: MadeOperation): Buffer {
  const key = random.next() < 0.97 ? 'dGhlIHNhbXBsZSBub25jZQ==' : oddText(random);
  const head = [
    'GET /graphql HTTP/1.1',
    'host: localhost',
    'connection: upgrade',
    'upgrade: websocket',
    `sec-websocket-version: ${random.next() < 0.98 ? 13 : random.below(20)}`,
    `sec-websocket-key: ${key}`,
    `sec-websocket-protocol: ${random.next() < 0.95 ? 'graphql-transport-ws' : oddText(random).replaceAll(/[\r\n]/g, '')}`,
  ];
  const payload = {
    query: operation.query,
    variables: operation.variables,
    operationName: operation.operationName,
  };
  const messages: unknown[] = [
    {
      type: 'connection_init',
      payload:
        random.next() < 0.8 ? {} : { authorization: oddText(random), 'x-humanloop-api-key': oddText(random) },
    },
    { id: 'a', type: 'subscribe', payload },
    ...(random.next() < 0.3 ? [{ id: 'a', type: 'subscribe', payload }] : []),
    ...(random.next() < 0.3
      ? [
          { id: 'b', type: 'complete' },
          { id: 'a', type: 'complete' },
        ]
      : []),
    ...(random.next() < 0.3
      ? [{ type: random.pick(['ping', 'pong', 'next', 'x', '__proto__']), payload: oddText(random) }]
      : []),
  ];
  if (random.next() < 0.1) messages.reverse();
  const frames = messages.map((message) => {
    const text = JSON.stringify(message);
    return frame(random, Buffer.from(random.next() < 0.8 ? text : broken(random, text)));
  });
  if (random.next() < 0.3)
    frames.push(frame(random, bytesOf(random, random.below(140)), random.pick([0, 1, 2, 3, 8, 9, 10, 15])));
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), ...frames]);
}

/** Makes a message that a server should not be sent, most of them not far from one that it should. */
export function makeMessage(random: Random, operation: MadeOperation): MadeMessage {
  const kind = random.pick<MadeMessage['kind']>(['http', 'http', 'multipart', 'websocket']);
  const made =
    kind === 'http'
      ? http(random, operation)
      : kind === 'multipart'
        ? multipart(random, operation)
        : webSocket(random, operation);
  return { kind, bytes: random.next() < 0.75 ? brokenBytes(random, made) : made };
}
