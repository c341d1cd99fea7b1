import { Humanloop, HumanloopError } from 'humanloop';
import { describe, expect, it } from 'vitest';
import { humanloopCredentials } from '../../sandbox/humanloop/index.ts';
import { once, useHumanloop } from './humanloop-harness.ts';

const hero = 'Support/Chat assistant/Refund policy golden set';

describe("the vendor's own client on datasets", () => {
  const harness = useHumanloop();

  it('lists by pages until one is empty', async () => {
    const page = await harness.client().datasets.list({ size: 25 });
    expect(page.data).toHaveLength(25);
    const names: string[] = [];
    for await (const dataset of page) names.push(dataset.id);
    expect(new Set(names).size).toBe(64);
    const asked = harness.sandbox.server.requests.all.map(({ url }) => url);
    expect(asked).toEqual([
      '/v5/datasets?size=25',
      '/v5/datasets?page=2&size=25',
      '/v5/datasets?page=3&size=25',
      '/v5/datasets?page=4&size=25',
    ]);
  });

  it('creates, reads back, grows, shrinks and deletes a dataset', async () => {
    const { datasets } = harness.client();
    const made = await datasets.upsert({
      path: 'Support/New folder/Smoke test',
      datapoints: [
        { inputs: { snake_case_key: 'one' }, target: { camelKey: true } },
        { inputs: { snake_case_key: 'two' }, messages: [{ role: 'user', content: 'Hi' }] },
      ],
      attributes: { made_by: 'ci' },
      versionName: 'first',
      versionDescription: 'The start.',
    });
    expect(made).toMatchObject({
      name: 'Smoke test',
      datapointsCount: 2,
      versionName: 'first',
      versionDescription: 'The start.',
      attributes: { made_by: 'ci' },
      createdBy: { email_address: 'priya.nair@acme.example' },
    });
    expect(made.createdAt.getTime()).toBeGreaterThan(Date.now() - 60_000);

    const read = await datasets.get(made.id, { versionId: made.versionId, includeDatapoints: true });
    expect(read.datapoints?.map(({ inputs }) => inputs)).toEqual([
      { snake_case_key: 'one' },
      { snake_case_key: 'two' },
    ]);
    expect(read.datapoints?.[0]?.target).toEqual({ camelKey: true });

    const grown = await datasets.upsert({
      id: made.id,
      action: 'add',
      datapoints: [{ inputs: { snake_case_key: 'three' } }],
    });
    expect(grown.datapointsCount).toBe(3);
    const shrunk = await datasets.upsert({
      id: made.id,
      action: 'remove',
      versionId: grown.versionId,
      includeDatapoints: true,
      datapoints: [{ inputs: { snake_case_key: 'one' }, target: { camelKey: true } }],
    });
    expect(shrunk.datapoints?.map(({ inputs }) => inputs?.['snake_case_key'])).toEqual(['two', 'three']);

    await expect(datasets.delete(made.id)).resolves.toBeUndefined();
    await expect(datasets.get(made.id, {}, once)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('finds a dataset by its path with an upsert that adds nothing', async () => {
    const file = harness.sandbox.state.dataset(hero);
    const found = await harness.client().datasets.upsert({ path: hero, action: 'add', datapoints: [] });
    expect(found.id).toBe(file.id);
    expect(found.versionId).toBe(file.versions.at(-1)?.id);
    expect(file.versions).toHaveLength(64);
  });

  it('moves a dataset and keeps its id', async () => {
    const { id } = harness.sandbox.state.dataset(hero);
    const { datasets } = harness.client();
    expect(await datasets.move(id, { path: 'Archive/2026/Refunds' })).toMatchObject({
      id,
      path: 'Archive/2026/Refunds',
      name: 'Refunds',
    });
    expect(await datasets.move(id, { name: 'Refunds, old' })).toMatchObject({
      path: 'Archive/2026/Refunds, old',
    });
  });

  it('pages through the datapoints of a version', async () => {
    const file = harness.sandbox.state.dataset(hero);
    const newest = file.versions.at(-1);
    const page = await harness.client().datasets.listDatapoints(file.id, {
      ...(newest === undefined ? {} : { versionId: newest.id }),
    });
    expect(page.data).toHaveLength(50);
    const ids: string[] = [];
    for await (const datapoint of page) ids.push(datapoint.id);
    expect(ids).toEqual(newest?.content.datapoints.map(({ id }) => id));
    expect(ids.length).toBeGreaterThan(120);
  });

  it('lists versions, with the datapoints of the newest on request', async () => {
    const { id } = harness.sandbox.state.dataset(hero);
    const { datasets } = harness.client();
    const plain = await datasets.listVersions(id);
    expect(plain.records).toHaveLength(64);
    expect(plain.records.every(({ datapoints }) => datapoints === undefined)).toBe(true);
    const rich = await datasets.listVersions(id, { includeDatapoints: 'latest_saved' });
    expect(rich.records.filter(({ datapoints }) => datapoints !== undefined)).toHaveLength(1);
    expect(rich.records[0]?.datapoints).toHaveLength(rich.records[0]?.datapointsCount ?? 0);
  });

  it('names, describes and deletes versions', async () => {
    const file = harness.sandbox.state.dataset(hero);
    const { datasets } = harness.client();
    const [, , third] = file.versions;
    const versionId = third?.id ?? '';
    const labelled = await datasets.updateDatasetVersion(file.id, versionId, {
      name: 'Signed off',
      description: 'By the policy team.',
    });
    expect(labelled).toMatchObject({
      versionId,
      versionName: 'Signed off',
      versionDescription: 'By the policy team.',
    });
    await datasets.deleteDatasetVersion(file.id, versionId);
    expect(file.versions).toHaveLength(63);
  });

  it('deploys a version, lists environments and removes the deployment', async () => {
    const file = harness.sandbox.state.dataset(hero);
    const { datasets } = harness.client();
    const [production, staging] = await datasets.listEnvironments(file.id);
    expect([production?.name, production?.tag, staging?.name, staging?.tag]).toEqual([
      'production',
      'default',
      'staging',
      'other',
    ]);
    const fifth = file.versions[4]?.id ?? '';
    const deployed = await datasets.setDeployment(file.id, production?.id ?? '', { versionId: fifth });
    expect(deployed.versionId).toBe(fifth);
    expect(deployed.environments?.map(({ name }) => name)).toEqual(['production']);
    expect((await datasets.get(file.id)).versionId).toBe(fifth);

    await datasets.removeDeployment(file.id, production?.id ?? '');
    const [empty] = await datasets.listEnvironments(file.id);
    expect(empty?.file ?? undefined).toBeUndefined();
    await expect(datasets.get(file.id, {}, once)).rejects.toBeInstanceOf(HumanloopError);
  });

  it('uploads a CSV file', async () => {
    const file = harness.sandbox.state.dataset('Support/Ticket triage/Queue labels');
    const csv = 'subject,body,target\n"Hello, there",I lost my key,"{""queue"":""account""}"\n';
    const uploaded = await harness
      .client()
      .datasets.uploadCsv(new File([csv], 'tickets.csv', { type: 'text/csv' }), file.id, {
        versionName: 'from csv',
        versionDescription: 'One ticket.',
      });
    expect(uploaded).toMatchObject({ versionName: 'from csv', versionDescription: 'One ticket.' });
    const saved = file.versions.find(({ id }) => id === uploaded.versionId);
    expect(saved?.content.datapoints.at(-1)).toMatchObject({
      inputs: { subject: 'Hello, there', body: 'I lost my key' },
      target: { queue: 'account' },
    });
  });

  it('throws its own error classes', async () => {
    const { datasets } = harness.client();
    await expect(datasets.list({ page: 0 }, once)).rejects.toBeInstanceOf(Humanloop.UnprocessableEntityError);
    await expect(datasets.upsert({ datapoints: [] }, once)).rejects.toMatchObject({
      statusCode: 422,
      body: { detail: [{ loc: ['body', '__root__'] }] },
    });
    await expect(datasets.get('ds_nobody', {}, once)).rejects.toMatchObject({
      statusCode: 404,
      body: { detail: 'File ds_nobody not found.' },
    });
    const stranger = harness.client({ ...humanloopCredentials.acme.priya, apiKey: 'hl_sk_wrong' });
    await expect(stranger.datasets.list({}, once)).rejects.toMatchObject({ statusCode: 401 });
  });

  it('hands over an error text that is no JSON', async () => {
    harness.sandbox.server.faults.add({
      effect: {
        type: 'answer',
        status: 503,
        headers: { 'content-type': 'text/html' },
        body: '<h1>Busy</h1>',
      },
    });
    const { datasets } = harness.client();
    await expect(datasets.list({}, once)).rejects.toMatchObject({ statusCode: 503 });
  });
});
