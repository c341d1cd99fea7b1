import { answer } from '../answer.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { lockedDraftState, unlockedDraftState } from '../shapes/draft-state-shape.ts';
import type { DatadogApp, DatadogVendor } from '../vendor.ts';
import { datasetOfPath } from './write-access.ts';

/**
 * Who edits a dataset's draft. The lock belongs to the user of the application key and never ends by itself.
 * Assumption: locking again by the holder changes nothing, `drafting_since` included.
 */
export function addDraftStateRoutes(app: DatadogApp, vendor: DatadogVendor): void {
  const { state, switches } = vendor;
  const path = '/api/v2/llm-obs/v1/:project_id/datasets/:dataset_id/draft_state';

  app.get(path, (context) => {
    const dataset = datasetOfPath(context, vendor);
    const { dialect, unlockedDraftState: shape } = switches;
    if (dataset.lock !== undefined) {
      const { tenant } = context.get('caller');
      return answer(context, dialect, lockedDraftState(dataset, dataset.lock, tenant));
    }
    if (shape === '404') throw new DatadogFailure(404, 'draft state not found');
    return answer(context, dialect, unlockedDraftState(dataset, shape));
  });

  app.patch(`${path}/lock`, (context) => {
    const dataset = datasetOfPath(context, vendor);
    const { tenant, user } = context.get('caller');
    const lock = dataset.lock ?? { userId: user.id, since: state.clock.next() };
    const refusal = switches.lockHeldByOther;
    if (lock.userId !== user.id && refusal !== '200-with-holder') {
      throw new DatadogFailure(refusal, 'dataset draft is locked by another user');
    }
    dataset.lock = lock;
    return answer(context, switches.dialect, lockedDraftState(dataset, lock, tenant));
  });

  app.patch(`${path}/unlock`, (context) => {
    const dataset = datasetOfPath(context, vendor);
    const holder = dataset.lock?.userId;
    if (holder === context.get('caller').user.id) {
      dataset.lock = undefined;
      return context.body(null, 200);
    }
    const refusal = holder === undefined ? switches.unlockNotHeld : switches.unlockHeldByOther;
    if (refusal === 200) return context.body(null, 200);
    const why = holder === undefined ? 'is not locked' : 'is locked by another user';
    throw new DatadogFailure(refusal, `dataset draft ${why}`);
  });
}
