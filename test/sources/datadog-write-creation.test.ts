import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/domain/identity.ts';
import { foundIn, source, unknownId } from './datadog-harness.ts';
import { ben, datasetsNamed, items, projectOf, startWriteHarness, thrown } from './datadog-write-harness.ts';

describe.each(['spec', 'recorded'] as const)('a new dataset in the %s dialect', (dialect) => {
  it('is made with its items, and says so', async () => {
    const harness = await startWriteHarness({ dialect });
    const { datasets, sent } = harness.writers();
    const input = { name: 'new one', description: 'what for', metadata: { a: [1, null] } };
    const made = await datasets.create({ ...input, project: harness.project, items: items(2) });
    expect(made.created).toBe(true);
    const [dataset, ...others] = datasetsNamed(harness, 'new one');
    expect(others).toEqual([]);
    expect(dataset).toMatchObject({ ...input, currentVersion: 1 });
    expect(dataset?.versions.get(1)?.records.map(({ input: question }) => question)).toEqual([
      { question: 'Question 1?' },
      { question: 'Question 0?' },
    ]);
    expect(made.dataset.address.parts).toEqual([harness.seeded.projectId, dataset?.id]);
    expect(sent[0]).toEqual({
      endpoint: 'CreateLLMObsDataset',
      body: { data: { type: 'datasets', attributes: input } },
    });
    const read = foundIn(await harness.connect().datasets.getDatasets([made.dataset]), made.dataset.id);
    expect(read).toMatchObject({ ...input, latestVersion: { ref: '1' } });
  });

  it('is the one of that name where nothing of the input would be lost', async () => {
    const harness = await startWriteHarness({ dialect, nameFilter: 'contains' });
    const { name, description } = harness.seeded;
    const { datasets, sent } = harness.writers();
    const { project, dataset } = harness;
    expect(await datasets.create({ name, project, items: [] })).toEqual({ dataset, created: false });
    expect(await datasets.create({ name, project, description, items: [] })).toEqual({
      dataset,
      created: false,
    });
    expect(sent).toEqual([]);
  });

  it.each([
    ['items', { items: items(1) }],
    ['another description', { description: 'another', items: [] }],
    ['other metadata', { metadata: { other: true }, items: [] }],
  ])('is refused where one of that name is there and has no such %s', async (_what, given) => {
    const harness = await startWriteHarness({ dialect });
    const { datasets, sent } = harness.writers();
    const input = { name: harness.seeded.name, project: harness.project, ...given };
    await expect(datasets.create(input)).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      existing: { id: harness.dataset.id },
    });
    expect(sent).toEqual([]);
  });
});

describe('a new dataset', () => {
  it('that somebody made after it was looked for is not taken for ours', async () => {
    const harness = await startWriteHarness();
    const make = (metadata: string) =>
      fetch(`${harness.sandbox.baseUrl}/api/v2/llm-obs/v1/${harness.seeded.projectId}/datasets`, {
        method: 'POST',
        headers: { 'dd-api-key': ben.apiKey, 'dd-application-key': ben.applicationKey },
        body: `{"data":{"type":"datasets","attributes":{"name":"raced","metadata":${metadata}}}}`,
      });
    // Datadog does not see it when it is looked for.
    harness.sandbox.server.faults.add({
      path: 'filter%5Bname%5D',
      effect: { type: 'answer', status: 200, body: '{"data":[]}' },
    });
    await make('{"of":"Ben"}');
    const { datasets } = harness.writers();
    const wish = { name: 'raced', project: harness.project, items: [] };
    const refused = datasets.create({ ...wish, metadata: { of: 'Ada' } });
    await expect(refused).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(datasetsNamed(harness, 'raced')[0]?.metadata).toEqual({ of: 'Ben' });

    const [raced] = datasetsNamed(harness, 'raced');
    if (raced === undefined) throw new Error('it is there');
    // As it is asked for, and from long ago: whether it is new is not told.
    projectOf(harness).datasets.set(raced.id, { ...raced, createdAt: raced.createdAt - 60_000_000 });
    expect(await datasets.create(wish)).toMatchObject({ created: null });
    // One that has been written to is certainly not new.
    harness.sandbox.state.addVersion(harness.sandbox.state.dataset('acme', 'raced'), ben.user);
    expect(await datasets.create(wish)).toMatchObject({ created: false });
    await expect(datasets.create({ ...wish, items: items(1) })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
  });

  it.each([
    ['projectId', { project: undefined }],
    ['directoryPath', { directoryPath: 'a/b' }],
    ['metadata', { metadata: [1] }],
    ['items.1.input', { items: [{ input: 1 }, { tags: ['x'] }] }],
    ['items.0.messages', { items: [{ input: 1, messages: [] }] }],
  ])('is refused for %s before anything is asked', async (path, part) => {
    const harness = await startWriteHarness();
    const { datasets } = harness.writers();
    const input = { name: 'x', project: harness.project, items: [], ...part };
    const error = await thrown(datasets.create(input));
    expect(error).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: path.split('.') }] });
    expect(harness.asked()).toEqual([]);
  });

  it('goes into a project that is there', async () => {
    const harness = await startWriteHarness();
    const { datasets, sent } = harness.writers();
    for (const id of [unknownId, 'no uuid']) {
      const project = keyOf(source, 'PROJECT', id);
      const error = await thrown(datasets.create({ name: 'x', project, items: [] }));
      expect(error).toMatchObject({ name: 'NotFoundError' });
    }
    expect(sent).toEqual([]);
  });

  it('is refused with the vendor’s own pointer', async () => {
    const harness = await startWriteHarness();
    const error = { title: 'Bad', detail: 'too long', source: { pointer: '/data/attributes/name' } };
    const effect = { type: 'answer', status: 422, body: JSON.stringify({ errors: [error] }) } as const;
    harness.sandbox.server.faults.add({ method: 'POST', effect });
    const input = { name: 'x', project: harness.project, items: [] };
    await expect(harness.writers().datasets.create(input)).rejects.toMatchObject({
      name: 'InvalidInputError',
      message: expect.stringContaining('too long'),
      issues: [{ path: ['name'], message: 'too long' }],
    });
  });

  it('stands although its items fail, and what is not known of them is told', async () => {
    const harness = await startWriteHarness();
    const { faults } = harness.sandbox.server;
    const lift = faults.add({ path: 'batch_update', effect: { type: 'answer', status: 500 } });
    const input = { name: 'half', project: harness.project, items: items(3) };
    const unknown = await thrown(harness.writers().datasets.create(input));
    const [dataset] = datasetsNamed(harness, 'half');
    expect(unknown).toMatchObject({
      name: 'PartialWriteError',
      partial: {
        dataset: { address: { parts: [harness.seeded.projectId, dataset?.id] } },
        completedSteps: ['made the dataset'],
        addedCount: 0,
        unknownCount: 3,
      },
    });
    lift();
    faults.add({ path: 'batch_update', effect: { type: 'answer', status: 400, body: '{"errors":["no"]}' } });
    const refused = await thrown(harness.writers().datasets.create({ ...input, name: 'none' }));
    expect(refused).toMatchObject({
      partial: { unknownCount: 0, failures: [{ path: ['items', '0'], code: 'INVALID_INPUT' }, {}, {}] },
    });
  });
});
