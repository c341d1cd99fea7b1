import type { Caller } from '../credentials.ts';
import { userOf } from '../credentials.ts';
import { formatInstant } from '../instant.ts';
import type { Dataset, DraftLock } from '../state/model.ts';
import type { DatadogSwitches } from '../switches.ts';

function draftState(dataset: Dataset, attributes: unknown) {
  return { data: { id: dataset.id, type: 'draft_state_data', attributes } };
}

/** Datadog spec, `LLMObsDatasetDraftStateResponse`. */
export function lockedDraftState(dataset: Dataset, lock: DraftLock, tenant: Caller['tenant']) {
  return draftState(dataset, {
    drafting_since: formatInstant(lock.since),
    user: userOf(tenant, lock.userId) ?? { id: lock.userId },
  });
}

/** The draft state that nobody holds, in each of the shapes that it might have. */
export function unlockedDraftState(
  dataset: Dataset,
  shape: Exclude<DatadogSwitches['unlockedDraftState'], '404'>,
) {
  switch (shape) {
    case 'null-data':
      return { data: null };
    case 'missing-user':
      return draftState(dataset, {});
    case 'null-attributes':
      return draftState(dataset, { drafting_since: null, user: null });
    case 'empty-user':
      return draftState(dataset, { drafting_since: '0001-01-01T00:00:00Z', user: { id: '' } });
  }
}
