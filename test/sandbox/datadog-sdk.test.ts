import { Buffer } from 'node:buffer';
import { client, type v2 } from '@datadog/datadog-api-client';
import { describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { DatadogHarness } from './datadog-harness.ts';

const harness = new DatadogHarness();
const { ada, ben } = datadogCredentials.acme;

function ids(): { projectId: string; datasetId: string } {
  const { project_id, dataset_id } = harness.at();
  return { projectId: project_id, datasetId: dataset_id };
}

function codeOf(error: unknown): number | undefined {
  return error instanceof client.ApiException ? error.code : undefined;
}

describe("Datadog's own client", () => {
  it('lists, creates, changes and deletes projects', async () => {
    const api = harness.observability();
    const page = await api.listLLMObsProjects({ pageLimit: 3 });
    const rest = await api.listLLMObsProjects({ pageLimit: 3, pageCursor: page.meta?.after ?? '' });
    expect([page.data.length, rest.data.length, rest.meta?.after]).toEqual([3, 1, null]);
    const body: v2.LLMObsProjectRequest = { data: { type: 'projects', attributes: { name: 'SDK' } } };
    const { data } = await api.createLLMObsProject({ body });
    const renamed = await api.updateLLMObsProject({
      projectId: data.id,
      body: { data: { type: 'projects', attributes: { name: 'SDK 2' } } },
    });
    expect(renamed.data.attributes.name).toBe('SDK 2');
    await api.deleteLLMObsProjects({
      body: { data: { type: 'projects', attributes: { projectIds: [data.id] } } },
    });
    expect((await api.listLLMObsProjects({ filterId: data.id })).data).toEqual([]);
  });

  it('pages through datasets, and creates, changes and deletes one', async () => {
    const api = harness.observability();
    const { projectId } = ids();
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await api.listLLMObsDatasets({
        projectId,
        pageLimit: 25,
        ...(cursor ? { pageCursor: cursor } : {}),
      });
      for (const { id } of page.data) seen.add(id);
      cursor = page.meta?.after ?? undefined;
    } while (cursor !== undefined);
    expect(seen.size).toBe(66);

    const { data } = await api.createLLMObsDataset({
      projectId,
      body: { data: { type: 'datasets', attributes: { name: 'From the SDK' } } },
    });
    const changed = await api.updateLLMObsDataset({
      projectId,
      datasetId: data.id,
      body: { data: { type: 'datasets', attributes: { description: 'Changed.' } } },
    });
    expect(changed.data.attributes).toMatchObject({ description: 'Changed.', currentVersion: 0 });
    await api.deleteLLMObsDatasets({
      projectId,
      body: { data: { type: 'datasets', attributes: { datasetIds: [data.id] } } },
    });
    expect((await api.listLLMObsDatasets({ projectId, filterName: 'From the SDK' })).data).toEqual([]);
  });

  // The client cannot send a plain text as AnyValue: it takes it for an object as well, and gives up.
  it('reads and writes records', async () => {
    const api = harness.observability();
    const records = await api.listLLMObsDatasetRecords({ ...ids(), pageLimit: 10 });
    expect(records.data.length).toBe(10);
    expect(records.data[0]?.createdAt).toBeInstanceOf(Date);
    const appended = await api.createLLMObsDatasetRecords({
      ...ids(),
      body: {
        data: { type: 'records', attributes: { records: [{ input: { q: 1 }, expectedOutput: { a: 1 } }] } },
      },
    });
    const record = appended.data[0]?.records[0];
    expect(record).toMatchObject({ input: { q: 1 }, expectedOutput: { a: 1 }, metadata: null });
    const updated = await api.updateLLMObsDatasetRecords({
      ...ids(),
      body: {
        data: {
          type: 'records',
          attributes: { records: [{ id: record?.id ?? '', expectedOutput: { a: 2 } }] },
        },
      },
    });
    expect(updated.data[0]?.records[0]?.expectedOutput).toEqual({ a: 2 });
    await api.deleteLLMObsDatasetRecords({
      ...ids(),
      body: { data: { type: 'records', attributes: { recordIds: [record?.id ?? ''] } } },
    });
    const old = await api.listLLMObsDatasetRecords({ ...ids(), filterVersion: 1 });
    expect(old.data.length).toBe(60);
  });

  it('batches, clones, exports, restores and lists versions', async () => {
    const api = harness.observability();
    const { datasetId } = ids();
    const batch = await api.batchUpdateLLMObsDataset({
      ...ids(),
      body: {
        data: {
          id: datasetId,
          type: 'datasets',
          attributes: { insertRecords: [{ input: { q: 1 }, tags: ['t'] }] },
        },
      },
    });
    expect(batch.data[0]?.records.length).toBe(1);
    await api.restoreLLMObsDatasetVersion({
      ...ids(),
      body: { data: { id: datasetId, type: 'datasets', attributes: { datasetVersion: 3 } } },
    });
    const versions = await api.listLLMObsDatasetVersions(ids());
    expect(versions.data.map(({ attributes }) => attributes.versionNumber)).toEqual([1, 3, 4, 5, 6, 7, 8, 9]);
    const clone = await api.cloneLLMObsDataset({
      ...ids(),
      body: { data: { id: datasetId, type: 'datasets', attributes: { name: 'Clone' } } },
    });
    expect(clone.data.attributes.currentVersion).toBe(0);
    const csv = await api.exportLLMObsDataset({ ...ids(), format: 'csv', version: 9 });
    expect(csv.split('\r\n').length).toBe(70);
  });

  it('uploads a CSV file', async () => {
    const file = { name: 'more.csv', data: Buffer.from('input,expected_output\n"{""q"":1}",yes\n') };
    await harness.observability().uploadLLMObsDatasetRecordsFile({ ...ids(), file, tags: ['a', 'b'] });
    const dataset = harness.sandbox.state.dataset('acme', datadogSeed.largestDataset);
    expect(dataset.versions.get(8)?.records[0]).toMatchObject({
      input: { q: 1 },
      expectedOutput: 'yes',
      tags: ['a', 'b'],
    });
  });

  it('locks, sees who holds the lock, and unlocks', async () => {
    const mine = harness.observability(ada);
    const his = harness.observability(ben);
    const locked = await mine.lockLLMObsDatasetDraftState(ids());
    expect(locked.data.attributes.user).toMatchObject({ id: ada.user.id, email: ada.user.email });
    expect((await his.getLLMObsDatasetDraftState(ids())).data.attributes.user.name).toBe('Ada Marsh');
    const refused = await his.lockLLMObsDatasetDraftState(ids()).catch(codeOf);
    expect(refused).toBe(400);
    await mine.unlockLLMObsDatasetDraftState(ids());
    expect(await mine.getLLMObsDatasetDraftState(ids()).catch(codeOf)).toBe(404);
  });

  it('manages prompts and their versions', async () => {
    const api = harness.observability();
    expect((await api.listLLMObsPrompts()).data.length).toBe(67);
    const attributes = { promptId: 'sdk-prompt', template: 'Hello {{name}}', config: { model: 'gpt-4.1' } };
    const created = await api.createLLMObsPrompt({
      body: { data: { type: 'prompt-templates', attributes } },
    });
    expect(created.data.attributes.numVersions).toBe(1);
    const taken = await api
      .createLLMObsPrompt({ body: { data: { type: 'prompt-templates', attributes } } })
      .catch(codeOf);
    expect(taken).toBe(409);
    const promptId = 'sdk-prompt';
    const template = [{ role: 'system', content: 'Hi' }];
    const body: v2.LLMObsCreatePromptVersionRequest = {
      data: { type: 'prompt-template-versions', attributes: { template } },
    };
    const version = await api.createLLMObsPromptVersion({ promptId, body });
    expect(version.data.attributes.version).toBe(2);
    const read = await api.getLLMObsPrompt({ promptId });
    expect(read.data.attributes.chatTemplate).toMatchObject(template);
    const one = await api.getLLMObsPromptVersion({ promptId, version: 1 });
    expect(one.data.attributes.template).toBe('Hello {{name}}');
    await api.updateLLMObsPromptVersion({
      promptId,
      version: 1,
      body: { data: { type: 'prompt-template-versions', attributes: { description: 'First' } } },
    });
    const versions = await api.listLLMObsPromptVersions({ promptId });
    expect(versions.data.map(({ attributes }) => attributes.version)).toEqual([2, 1]);
    const titled = await api.updateLLMObsPrompt({
      promptId,
      body: { data: { type: 'prompt-templates', attributes: { title: 'SDK' } } },
    });
    expect(titled.data.attributes.title).toBe('SDK');
    expect((await api.deleteLLMObsPrompt({ promptId })).data.attributes.promptId).toBe(promptId);
    expect(await api.getLLMObsPrompt({ promptId }).catch(codeOf)).toBe(404);
  });

  it('lists, reads, stars and unstars Model Lab projects', async () => {
    const api = harness.modelLab();
    const page = await api.listModelLabProjects({ pageSize: 25, pageNumber: 3 });
    expect([page.data.length, page.meta.page.total]).toEqual([14, 64]);
    const projectId = Number(page.data[0]?.id);
    await api.starModelLabProject({ projectId });
    expect((await api.getModelLabProject({ projectId })).data.attributes.isStarred).toBe(true);
    await api.unstarModelLabProject({ projectId });
    expect((await api.getModelLabProject({ projectId })).data.attributes.isStarred).toBe(false);
  });

  it('is refused with wrong keys', async () => {
    const api = harness.observability({ ...ada, applicationKey: 'wrong' });
    expect(await api.listLLMObsProjects().catch(codeOf)).toBe(403);
  });
});
