/** Who asks: calls of one lane go in their order, and lanes take turns. */
export type Lane = string | object;

export interface FairQueueOptions {
  /** Calls under way at once. */
  readonly parallel: number;
  /** Of these, most that nobody waits for. */
  readonly background: number;
  readonly maxQueued: number;
}

export interface Entrant {
  readonly lane: Lane;
  /** Goes after everybody else. */
  readonly background: boolean;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch: it does not wait longer. */
  readonly deadline: number;
}

/** `in`: its turn has come, and it calls {@link FairQueue.leave} when it is done. */
export type Entrance = 'in' | 'shed' | 'late' | 'ended';

interface Waiting {
  readonly entrant: Entrant;
  settle(entrance: Entrance): void;
}

type Lanes = Map<Lane, Waiting[]>;

/**
 * So many calls under way at once, and a bounded number that wait. Lanes take turns, so that one with a thousand calls
 * does not keep another from its one; and where there is no room the longest lane gives way.
 */
export class FairQueue {
  readonly #options: FairQueueOptions;
  readonly #lanes: Lanes = new Map();
  readonly #backgroundLanes: Lanes = new Map();
  #running = 0;
  #runningInBackground = 0;
  #queued = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#running === 0 && this.#queued === 0;
  }

  /** Whether somebody's call waits. */
  get isAwaited(): boolean {
    return this.#lanes.size > 0;
  }

  enter(entrant: Entrant): Entrance | Promise<Entrance> {
    if (entrant.signal.aborted) return 'ended';
    if (this.#hasRoom(entrant.background) && this.#lanesOf(entrant).size === 0) {
      this.#begin(entrant);
      return 'in';
    }
    if (this.#queued >= this.#options.maxQueued && !this.#makeRoom(entrant)) return 'shed';
    return this.#wait(entrant);
  }

  leave({ background }: Entrant): void {
    this.#running -= 1;
    if (background) this.#runningInBackground -= 1;
    this.#next(this.#lanes, false);
    this.#next(this.#backgroundLanes, true);
  }

  #lanesOf({ background }: Entrant): Lanes {
    return background ? this.#backgroundLanes : this.#lanes;
  }

  #hasRoom(background: boolean): boolean {
    if (this.#running >= this.#options.parallel) return false;
    return !background || (!this.isAwaited && this.#runningInBackground < this.#options.background);
  }

  #begin({ background }: Entrant): void {
    this.#running += 1;
    if (background) this.#runningInBackground += 1;
  }

  #wait(entrant: Entrant): Promise<Entrance> {
    return new Promise((resolve) => {
      const { signal, deadline } = entrant;
      const ended = (): void => this.#drop(waiting, 'ended');
      const left = deadline - Date.now();
      // Longer than a timer can wait is as long as its operation lasts.
      const timer =
        left < 2 ** 31 ? setTimeout(() => this.#drop(waiting, 'late'), Math.max(0, left)) : undefined;
      const waiting: Waiting = {
        entrant,
        settle: (entrance) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', ended);
          resolve(entrance);
        },
      };
      signal.addEventListener('abort', ended, { once: true });
      const lanes = this.#lanesOf(entrant);
      const lane = lanes.get(entrant.lane);
      if (lane === undefined) lanes.set(entrant.lane, [waiting]);
      else lane.push(waiting);
      this.#queued += 1;
    });
  }

  /** Lets in whoever is next, lane by lane, as long as there is room. */
  #next(lanes: Lanes, background: boolean): void {
    while (this.#hasRoom(background)) {
      const turn = lanes.entries().next().value;
      if (turn === undefined) return;
      const [key, lane] = turn;
      const waiting = lane.shift();
      lanes.delete(key);
      if (lane.length > 0) lanes.set(key, lane);
      if (waiting === undefined) continue;
      this.#queued -= 1;
      this.#begin(waiting.entrant);
      waiting.settle('in');
    }
  }

  #drop(waiting: Waiting, why: Entrance): void {
    const lanes = this.#lanesOf(waiting.entrant);
    const lane = lanes.get(waiting.entrant.lane);
    const place = lane?.indexOf(waiting) ?? -1;
    if (lane === undefined || place === -1) return;
    lane.splice(place, 1);
    if (lane.length === 0) lanes.delete(waiting.entrant.lane);
    this.#queued -= 1;
    waiting.settle(why);
    // What nobody waits for may have been kept back by it alone.
    this.#next(this.#backgroundLanes, true);
  }

  /** Sends away the last of the longest lane, background first; false when that is the newcomer itself. */
  #makeRoom(entrant: Entrant): boolean {
    if (!entrant.background) {
      const last = longest(this.#backgroundLanes)?.at(-1);
      if (last !== undefined) {
        this.#drop(last, 'shed');
        return true;
      }
    }
    const lanes = this.#lanesOf(entrant);
    const lane = longest(lanes);
    const last = lane?.at(-1);
    const own = lanes.get(entrant.lane)?.length ?? 0;
    if (lane === undefined || last === undefined || lane.length <= own + 1) return false;
    this.#drop(last, 'shed');
    return true;
  }
}

function longest(lanes: Lanes): Waiting[] | undefined {
  let found: Waiting[] | undefined;
  for (const lane of lanes.values()) if (lane.length > (found?.length ?? 0)) found = lane;
  return found;
}
