import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCapturedLog } from '../support/captured-log.ts';
import { at } from '../support/first-of.ts';
import { post } from '../support/graphql-post.ts';
import { followSse, followWs } from '../support/stream-client.ts';
import { type LockData, type LockScene, lockDocument, startLockScene } from './stream-locks.ts';

const log = createCapturedLog();
let scene: LockScene;
beforeAll(async () => {
  scene = await startLockScene({ logger: log.logger });
});
afterAll(async () => {
  await scene?.dispose();
  expect(log.text()).not.toContain('internal error');
});

const field = 'draftLockChanged(datasetIds: $ids)';

it.each([
  `subscription ($ids: [ID!]!) { ${field} @skip(if: true) { __typename } }`,
  `subscription ($ids: [ID!]!, $no: Boolean = false) { ${field} @include(if: $no) { __typename } }`,
  `subscription ($ids: [ID!]!) { ... @skip(if: true) { ${field} { __typename } } }`,
  `subscription ($ids: [ID!]!) { ...F @include(if: false) } fragment F on Subscription { ${field} { __typename } }`,
  `subscription ($ids: [ID!]!) { ...F } fragment F on Subscription { ${field} @skip(if: true) { __typename } }`,
])('a subscription whose field may be left out is refused: %s', async (query) => {
  const request = { query, variables: { ids: [scene.id] } };
  const headers = { accept: 'text/event-stream, application/graphql-response+json' };
  const { status, errors } = await post(scene.gateway.url, request, headers);
  expect(status).toBe(400);
  expect(at(errors, 0)).toMatchObject({ extensions: { code: 'INVALID_INPUT' } });
  // With a variable graphql-js says so in its own words.
  expect(at(errors, 0).message).toMatch(/has its field always|Argument "if".*\$no/);
  const ended = await followWs(scene.gateway.url, request).ended;
  expect(ended).toMatchObject({ error: [{ extensions: { code: 'INVALID_INPUT' } }] });
});

it('what it shows of an event may be left out', async () => {
  const query = lockDocument
    .replace('current {', 'current @skip(if: $no) {')
    .replace('$after: String', '$after: String, $no: Boolean!');
  const follower = followSse<LockData>(scene.gateway.url, {
    query,
    variables: { ids: [scene.id], no: true },
  });
  await scene.subscribers(1);
  await scene.lock();
  expect((await follower.next()).data?.event).not.toHaveProperty('current');
  await follower.close();
});
