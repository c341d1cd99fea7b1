import { describe, expect, test } from 'vitest';
import { InvalidInputError } from '../../src/domain/errors.ts';
import { keyOf, resourceKinds } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { createHumanloopDefinition } from '../../src/sources/humanloop/index.ts';
import { acmeKey, key, scopeKey, startHarness } from './humanloop-harness.ts';

const own = { apiKey: acmeKey, baseUrl: undefined, sandbox: false, scopeKey };

function sending(headers: Record<string, string>) {
  return (name: string) => headers[name];
}

describe('the account that serves a caller', () => {
  test("is the gateway's when the caller sends nothing, at the vendor's own address", () => {
    const account = createHumanloopDefinition(own).accountFor(sending({}));
    expect(account).toMatchObject({
      source: 'humanloop',
      vendor: 'HUMANLOOP',
      origin: 'https://api.humanloop.com',
      pathPrefix: '/v5',
      headers: { 'x-api-key': acmeKey, accept: 'application/json' },
      secrets: [acmeKey],
      ofCaller: false,
    });
  });

  test("is the caller's when it sends a key, in a scope of its own, at the same address", () => {
    const definition = createHumanloopDefinition(own);
    const header = sending({ 'x-humanloop-api-key': ' hl_sk_mine ', host: 'evil.example' });
    const account = definition.accountFor(header);
    expect(account).toMatchObject({
      origin: 'https://api.humanloop.com',
      headers: { 'x-api-key': 'hl_sk_mine' },
      secrets: ['hl_sk_mine'],
      ofCaller: true,
    });
    expect(account?.scope).not.toBe(definition.accountFor(sending({}))?.scope);
    expect(definition.credentialHeaders).toEqual(['x-humanloop-api-key']);
  });

  test('is nobody when neither has a key, and a key that cannot be one is refused without repeating it', () => {
    const definition = createHumanloopDefinition({ ...own, apiKey: undefined });
    expect(definition.accountFor(sending({ 'x-humanloop-api-key': '  ' }))).toBeUndefined();
    const odd = () => definition.accountFor(sending({ 'x-humanloop-api-key': 'a b' }));
    expect(odd).toThrow(InvalidInputError);
    expect(odd).not.toThrow(/a b/);
  });

  test('has another scope for another key of the source', () => {
    const second = createHumanloopDefinition({ ...own, key: sourceKey('humanloop-eu') });
    expect(second.key).toBe('humanloop-eu');
    expect(second.accountFor(sending({}))?.scope).not.toBe(
      createHumanloopDefinition(own).accountFor(sending({}))?.scope,
    );
  });
});

describe('what Humanloop has', () => {
  test('is datasets with all but a draft lock, and prompts', async () => {
    const { definition, connect } = await startHarness();
    expect(definition.datasetCapabilities).not.toContain('DRAFT_LOCK');
    expect(definition.datasetCapabilities).toHaveLength(9);
    const source = connect();
    expect(source.datasets.capabilities).toBe(definition.datasetCapabilities);
    expect(source.datasets.draftLock).toBeUndefined();
    expect(source.datasets.listAllItems).toBeUndefined();
    expect([source.reviews, source.projects, source.modelLab]).toEqual([undefined, undefined, undefined]);
  });

  test("is found by the vendor's own ids, with the parent's where it has one, without a request", async () => {
    const harness = await startHarness();
    const source = harness.connect();
    const resolved = await Promise.all(resourceKinds.map((kind) => source.resolve(kind, 'x_1', 'p_1')));
    expect(Object.fromEntries(resourceKinds.map((kind, index) => [kind, resolved[index]]))).toEqual({
      DATASET: keyOf(key, 'DATASET', 'x_1'),
      DATASET_VERSION: keyOf(key, 'DATASET_VERSION', 'p_1', 'x_1'),
      DATASET_ITEM: keyOf(key, 'DATASET_ITEM', 'p_1', 'x_1'),
      PROMPT: keyOf(key, 'PROMPT', 'x_1'),
      PROMPT_VERSION: keyOf(key, 'PROMPT_VERSION', 'p_1', 'x_1'),
      TRACE_REVIEW: undefined,
      SCORE_DEFINITION: undefined,
      PROJECT: undefined,
      MODEL_LAB_PROJECT: undefined,
    });
    for (const kind of ['DATASET_VERSION', 'DATASET_ITEM', 'PROMPT_VERSION'] as const) {
      await expect(source.resolve(kind, 'x_1', undefined)).rejects.toThrow(/parentVendorId/);
    }
    await expect(source.resolve('DATASET', '', undefined)).rejects.toBeInstanceOf(InvalidInputError);
    expect(harness.asked()).toEqual([]);
  });
});
