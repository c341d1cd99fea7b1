import type { SourceStatusChanged } from '../domain/change.ts';
import type { LockstepError } from '../domain/errors.ts';
import { statusOf } from '../domain/source-status.ts';
import type { WatchTarget } from '../sources/source.ts';
import type { ChangeLog } from './change-log.ts';
import { statusKey } from './topic.ts';

/** So many looks in a row must fail before a vendor is said not to answer: one may be anybody's bad luck. */
const failuresToTell = 2;
/** Of so many scopes that do not answer it is remembered that they do not. */
const longestTrackers = 1_000;

interface Tracker {
  failures: number;
  told: SourceStatusChanged | undefined;
  /** By the log's clock. */
  toldAt: number;
}

/** Tells the log when a vendor stops and starts answering those who watch it. */
export class SourceStatuses {
  readonly #log: ChangeLog;
  readonly #trackers = new Map<string, Tracker>();

  constructor(log: ChangeLog) {
    this.#log = log;
  }

  /** What was told last, where that is not UP and a reader of the log from `at` on does not come by it. */
  current({ scope, source }: WatchTarget, at: number): SourceStatusChanged | undefined {
    const tracker = this.#trackers.get(statusKey(scope, source));
    return tracker !== undefined && tracker.toldAt <= at ? tracker.told : undefined;
  }

  /** A look failed. True while that is not told yet: it is worth looking again soon. */
  async failed({ scope, source, vendor }: WatchTarget, error: LockstepError): Promise<boolean> {
    const key = statusKey(scope, source);
    const tracker = this.#trackers.get(key) ?? { failures: 0, told: undefined, toldAt: 0 };
    this.#trackers.delete(key);
    this.#trackers.set(key, tracker);
    if (this.#trackers.size > longestTrackers) this.#forgetOldest();
    tracker.failures += 1;
    if (tracker.failures < failuresToTell) return true;
    const status = statusOf(error);
    if (tracker.told?.status === status) return false;
    tracker.told = { kind: 'SOURCE_STATUS', source, vendor, status, statusReason: error.message };
    tracker.toldAt = this.#log.now();
    await this.#log.note(key, tracker.told);
    return false;
  }

  /** A look got its answer. */
  async answered({ scope, source, vendor }: WatchTarget): Promise<void> {
    const key = statusKey(scope, source);
    const told = this.#trackers.get(key)?.told;
    this.#trackers.delete(key);
    if (told === undefined) return;
    await this.#log.note(key, {
      kind: 'SOURCE_STATUS',
      source,
      vendor,
      status: 'UP',
      statusReason: null,
    });
  }

  #forgetOldest(): void {
    const oldest = this.#trackers.keys().next().value;
    if (oldest !== undefined) this.#trackers.delete(oldest);
  }
}
