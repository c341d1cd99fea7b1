import { describe, expect, it } from 'vitest';
import { humanloopCredentials } from '../../sandbox/humanloop/index.ts';
import { DocumentedShapes } from '../support/documented-shape.ts';
import { useHumanloop, type Wire } from './humanloop-harness.ts';

describe('CSV upload', () => {
  const harness = useHumanloop();
  const shapes = new DocumentedShapes('humanloop');

  async function upload(
    csv: string | undefined,
    query = '',
    path = 'Documents/Extraction/Receipts',
  ): Promise<{ status: number; body: Wire; added: unknown[] }> {
    const file = harness.sandbox.state.dataset(path);
    const form = new FormData();
    if (csv !== undefined) form.append('file', new File([csv], 'points.csv', { type: 'text/csv' }));
    const response = await fetch(`${harness.sandbox.baseUrl}/datasets/${file.id}/datapoints/csv${query}`, {
      method: 'POST',
      headers: { 'x-api-key': humanloopCredentials.acme.priya.apiKey },
      body: form,
    });
    // The shape is compared in the next line.
    const body = (await response.json()) as Wire;
    shapes.check('POST', '/datasets/{id}/datapoints/csv', response.status, body);
    const saved = file.versions.find(({ id }) => id === body.version_id);
    const added = (saved?.content.datapoints ?? []).slice(-2).map(({ id: _, ...content }) => content);
    return { status: response.status, body, added };
  }

  it('makes inputs of columns, and reads targets and messages', async () => {
    const messages = JSON.stringify([{ role: 'user', content: 'Say "hi", please' }]).replaceAll('"', '""');
    const { added } = await upload(
      `\uFEFFdocument,field,target,messages\r\n"two\nlines",total,"{""value"": 3}",\r\nshort,total,plain,"${messages}"\r\n`,
    );
    expect(added).toEqual([
      { inputs: { document: 'two\nlines', field: 'total' }, target: { value: 3 }, messages: null },
      {
        inputs: { document: 'short', field: 'total' },
        target: { output: 'plain' },
        messages: [{ role: 'user', content: 'Say "hi", please' }],
      },
    ]);
  });

  it('adds to what stands on the default environment, unlike an upsert', async () => {
    const file = harness.sandbox.state.dataset('Knowledge/Handbook RAG/RAG regression suite');
    const [first, second] = file.versions;
    harness.sandbox.state.deploy(file.id, 'production', first?.id ?? '');
    const plain = await upload('question\nWhy?\n', '', file.path);
    expect(plain.body.datapoints_count).toBe((first?.content.datapoints.length ?? 0) + 1);
    const selected = await upload('question\nHow?\n', `?version_id=${second?.id}`, file.path);
    expect(selected.body.datapoints_count).toBe((second?.content.datapoints.length ?? 0) + 1);
    expect((await upload('question\nHow?\n', '?environment=nowhere', file.path)).status).toBe(404);
    harness.sandbox.state.undeploy(file.id, 'production');
    expect((await upload('question\nHow?\n', '', file.path)).status).toBe(404);
  });

  it('refuses a form without a file, and files that it cannot read', async () => {
    expect((await upload(undefined)).body.detail).toMatchObject([{ loc: ['body', 'file'] }]);
    for (const csv of ['', 'a,a\n1,2\n', 'a\n1,2\n', 'a\n"open\n', 'messages\nnot json\n'])
      expect((await upload(csv)).status).toBe(422);
  });
});
