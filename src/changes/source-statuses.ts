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

/** Tells the log when a vendor stops and starts answering those who watch it. */
export class SourceStatuses {
  readonly #log: ChangeLog;
  /** Looks in a row that failed here. */
  readonly #failures = new Map<string, number>();

  constructor(log: ChangeLog) {
    this.#log = log;
  }

  /** What was told last, where that is not UP and a reader of the log from `at` on does not come by it. */
  async current({ scope, source }: WatchTarget, at: number): Promise<SourceStatusChanged | undefined> {
    const noted = await this.#log.lastNoted(statusKey(scope, source));
    if (noted?.change.kind !== 'SOURCE_STATUS' || noted.at > at) return undefined;
    return noted.change.status === 'UP' ? undefined : noted.change;
  }

  /** A look failed. True while that is not told yet: it is worth looking again soon. */
  async failed({ scope, source, vendor }: WatchTarget, error: LockstepError): Promise<boolean> {
    const key = statusKey(scope, source);
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, failures);
    if (this.#failures.size > longestTrackers) this.#forgetOldest();
    if (failures < failuresToTell) return true;
    const status = statusOf(error);
    if ((await this.#told(key)) === status) return false;
    await this.#log.note(key, { kind: 'SOURCE_STATUS', source, vendor, status, statusReason: error.message });
    return false;
  }

  /** A look got its answer. */
  async answered({ scope, source, vendor }: WatchTarget): Promise<void> {
    const key = statusKey(scope, source);
    this.#failures.delete(key);
    const told = await this.#told(key);
    if (told === undefined || told === 'UP') return;
    await this.#log.note(key, { kind: 'SOURCE_STATUS', source, vendor, status: 'UP', statusReason: null });
  }

  async #told(key: string): Promise<SourceStatusChanged['status'] | undefined> {
    const change = (await this.#log.lastNoted(key))?.change;
    return change?.kind === 'SOURCE_STATUS' ? change.status : undefined;
  }

  #forgetOldest(): void {
    const oldest = this.#failures.keys().next().value;
    if (oldest !== undefined) this.#failures.delete(oldest);
  }
}
