import fc from 'fast-check';
import { getNamedType, getNullableType, isListType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeId } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { type Ids, titleOf, type VendorWrite, type VendorWrites } from '../e2e/every-write.ts';
import { writesOfDatadog } from '../e2e/writes-of-datadog.ts';
import { writesOfHumanloop } from '../e2e/writes-of-humanloop.ts';
import { writesOfPostHog } from '../e2e/writes-of-posthog.ts';
import { inputTypeOf, mutationDocument } from '../e2e/writing.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type HostileScene, startHostileScene } from './hostile-scene.ts';
import { addressOf, forgedId, hostileTexts } from './hostile-values.ts';

/** A way up is always among what is tried. */
const runs = { seed: 20_261_126, numRuns: 3, examples: [['..']] satisfies [string][] };

let scene: HostileScene;

forbidUnhandledRejections();
beforeAll(async () => {
  scene = await startHostileScene();
});
afterAll(async () => {
  await scene?.dispose();
});

/** An input with a hostile text in one place, and what the vendor calls by that text. */
interface Spoilt {
  readonly place: string;
  readonly known: string | undefined;
  readonly input: (text: string) => unknown;
}

/** Every way to spoil a value: each text in it, and each part of each id. */
function* spoiltTexts(value: unknown, place: string): Generator<Spoilt> {
  if (typeof value === 'string') {
    const address = addressOf(value);
    if (address === undefined) yield { place, known: undefined, input: (text) => text };
    for (const [part, known] of address?.parts.entries() ?? []) {
      yield { place: `${place}/${part}`, known, input: (text) => forgedId(value, part, text) };
    }
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    for (const spoilt of spoiltTexts(inner, `${place}.${name}`)) {
      const input = (text: string): unknown =>
        Array.isArray(value)
          ? value.with(Number(name), spoilt.input(text))
          : { ...value, [name]: spoilt.input(text) };
      yield { ...spoilt, input };
    }
  }
}

/** An input with a text in each member that takes one and has none. */
function* addedTexts(mutation: string, given: object, source: string): Generator<Spoilt> {
  for (const { name, type } of Object.values(inputTypeOf(mutation).getFields())) {
    const named = getNamedType(type).name;
    if (name in given || (named !== 'String' && named !== 'ID')) continue;
    const writtenAs = (text: string): string =>
      named === 'String'
        ? text
        : encodeId({ source: sourceKey(source), kind: 'REVIEW_QUEUE', parts: [text] });
    const listed = isListType(getNullableType(type));
    const input = (text: string): unknown => ({
      ...given,
      [name]: listed ? [writtenAs(text)] : writtenAs(text),
    });
    yield { place: `+${name}`, known: undefined, input };
  }
}

/** A multipart request with a file of that name, which is written as it is. */
function multipart(query: string, input: unknown, fileName: string, file: string): Buffer {
  const parts: readonly (readonly [disposition: string, content: string])[] = [
    ['name="operations"', JSON.stringify({ query, variables: { input: { ...Object(input), file: null } } })],
    ['name="map"', JSON.stringify({ 0: ['variables.input.file'] })],
    [`name="0"; filename="${fileName}"\r\ncontent-type: text/csv`, file],
  ];
  const written = parts.map(
    ([disposition, content]) =>
      `--line\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`,
  );
  return Buffer.from(`${written.join('')}--line--\r\n`);
}

function upload(write: VendorWrite, input: unknown, fileName: string) {
  const headers = { 'content-type': 'multipart/form-data; boundary=line', 'graphql-require-preflight': '1' };
  const body = multipart(mutationDocument(write.mutation), input, fileName, write.file ?? '');
  return scene.send('/graphql', headers, body);
}

function send(write: VendorWrite, input: unknown) {
  if (write.file !== undefined) return upload(write, input, 'items.csv');
  return scene.query(mutationDocument(write.mutation), { input });
}

describe.each([writesOfDatadog, writesOfHumanloop, writesOfPostHog])(
  'a write to $name',
  (vendor: VendorWrites) => {
    const { key } = vendor;
    let ids: Ids;
    let last: VendorWrite | undefined;

    beforeAll(async () => {
      scene.clear();
      ids = await vendor.readIds(scene.gateway);
    });

    /** Puts the vendor back where it was when something was written to it, and forgets what it received. */
    function begin(write: VendorWrite): void {
      const isChanged = write !== last || scene.vendors[key].received.some(({ method }) => method !== 'GET');
      if (isChanged) {
        scene.gateway.sandbox[key].reset();
        write.before?.(scene.gateway.sandbox);
      }
      last = write;
      scene.clear();
    }

    async function spoil(write: VendorWrite, { known, input }: Spoilt): Promise<void> {
      await fc.assert(
        fc.asyncProperty(hostileTexts, async (text) => {
          begin(write);
          if (known !== undefined) scene.vendors[key].rename(known, text);
          await send(write, input(text));
          scene.check(text);
        }),
        runs,
      );
    }

    it.each(vendor.writes.map((write) => ({ write, title: titleOf(write) })))(
      'goes where it is documented to go, whatever stands in its input: $title',
      async ({ write }) => {
        const given = write.input(ids);
        begin(write);
        expect((await send(write, given)).text).toContain('Success"');
        scene.check('');
        for (const spoilt of spoiltTexts(given, 'input')) await spoil(write, spoilt);
        for (const spoilt of addedTexts(write.mutation, given, key)) await spoil(write, spoilt);
      },
    );

    const uploads = vendor.writes.filter(({ file }) => file !== undefined);
    it.each(uploads.map((write) => ({ write, title: titleOf(write) })))(
      'sends a file and nothing else, whatever its name is: $title',
      async ({ write }) => {
        const names = fc.oneof(
          hostileTexts.map((text) => text.replaceAll(/[\r\n"\\]/g, '')),
          fc.constantFrom(
            ...[
              '',
              '"',
              'a\\"b',
              '%0d%0a',
              'a%22; name="map',
              '../../etc/passwd',
              'C:\\x.csv',
              '=cmd.csv',
              'a;b',
            ],
            ...[
              '"\r\ncontent-type: text/html\r\n\r\nx\r\n--line',
              '\u2028',
              'x'.repeat(5_000),
              "a\"; filename*=UTF-8''b",
            ],
          ),
        );
        await fc.assert(
          fc.asyncProperty(names, async (name) => {
            scene.gateway.sandbox[key].reset();
            scene.clear();
            await upload(write, write.input(ids), name);
            scene.check(name);
            for (const { method, headers, body } of scene.vendors[key].received) {
              if (method === 'GET') continue;
              const type =
                headers[headers.findIndex((one) => one.toLowerCase() === 'content-type') + 1] ?? '';
              if (type === 'application/json') continue;
              const form = await new Response(new Uint8Array(body), {
                headers: { 'content-type': type },
              }).formData();
              expect([...form.keys()]).toEqual(['file']);
              const file = form.get('file');
              expect(file instanceof File ? await file.text() : file).toBe(write.file);
            }
          }),
          { seed: runs.seed, numRuns: 40 },
        );
      },
    );
  },
);

it('and some of it came as far as a vendor', () => {
  expect(scene.marked).toBeGreaterThan(30);
});
