import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { parseCursor } from '../../src/changes/cursor.ts';
import type { Subscription } from '../../src/changes/subscription.ts';
import type { DraftLockChanged, FeedEvent, VersionChanged } from '../../src/domain/change.ts';
import type { DraftLock } from '../../src/domain/dataset.ts';
import type { GlobalId } from '../../src/domain/identity.ts';
import { type Held, pause, type World } from './changes-world.ts';

/** What one connection was told, which must have no repetition and no break. */
interface Told {
  readonly locks: Map<GlobalId, DraftLock | null>;
  readonly made: Set<string>;
  sequence: number;
}

/** A client that reads, follows, and comes back with its last cursor: it believes what it was told. */
export class Client {
  readonly believed = new Map<GlobalId, Held>();
  /** Where an event did not go on from the one before it, and no gap has said so. */
  readonly broken = new Set<GlobalId>();
  readonly failures: unknown[] = [];
  gaps = 0;
  events = 0;
  readonly #world: World;
  #cursor: string | undefined;
  #subscription: Subscription | undefined;
  #told: Told = newTold();
  #isPaused = false;
  #resume: (() => void) | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  get isConnected(): boolean {
    return this.#subscription !== undefined;
  }

  /** Takes a cursor, then reads everything. */
  async begin(): Promise<void> {
    this.#cursor = await this.#world.feed.cursor();
    await this.#readAnew(null);
  }

  async connect(): Promise<void> {
    const { feed } = this.#world;
    const interests = this.#world.interests();
    const place = await feed.place(interests, this.#cursor);
    const subscription = await feed.subscribe(interests, place, new AbortController().signal);
    this.#told = newTold();
    this.broken.clear();
    this.#subscription = subscription;
    this.#pump(subscription).catch((error: unknown) => this.failures.push(error));
  }

  async disconnect(): Promise<void> {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    this.resume();
    await subscription?.return();
  }

  /** Stops taking events. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#resume?.();
  }

  async #pump(subscription: Subscription): Promise<void> {
    while (this.#subscription === subscription) {
      if (this.#isPaused) {
        await new Promise<void>((resolve) => {
          this.#resume = resolve;
        });
        continue;
      }
      const { value, done } = await subscription.next();
      if (done === true || this.#subscription !== subscription) return;
      await this.#take(value);
    }
  }

  async #take({ cursor, change }: FeedEvent): Promise<void> {
    const { sequence } = parseCursor(cursor);
    expect(sequence).toBeGreaterThanOrEqual(this.#told.sequence);
    this.#told.sequence = sequence;
    this.events += 1;
    if (change.kind === 'DRAFT_LOCK') this.#takeLock(change);
    else if (change.kind === 'DATASET_VERSION') this.#takeVersion(change);
    else if (change.kind === 'GAP') {
      this.gaps += 1;
      for (const id of change.resourceIds ?? this.believed.keys()) {
        this.#told.locks.delete(id);
        this.broken.delete(id);
      }
      await this.#readAnew(change.resourceIds);
    }
    // Only what was taken to the end is behind it.
    this.#cursor = cursor;
  }

  #takeLock({ dataset: { id }, previous, current }: DraftLockChanged): void {
    const last = this.#told.locks.get(id);
    // A break is told, at the latest once all that is followed has been looked at.
    if (last !== undefined && !isDeepStrictEqual(previous, last)) this.broken.add(id);
    this.#told.locks.set(id, current);
    this.#believe(id).lock = current;
  }

  #takeVersion({ resource: { id }, action, previousRef, versionRef }: VersionChanged<'DATASET'>): void {
    const held = this.#believe(id);
    if (action === 'CREATED') {
      const name = `${id} ${versionRef}`;
      expect(this.#told.made.has(name), `${name} was told twice`).toBe(false);
      this.#told.made.add(name);
      const ref = Number(versionRef);
      held.refs = [...held.refs.filter((other) => other !== ref), ref];
    } else {
      expect(action).toBe('DELETED');
      held.refs = held.refs.filter((other) => other !== Number(previousRef));
    }
  }

  #believe(id: GlobalId): Held {
    const held = this.believed.get(id);
    if (held === undefined) throw new Error('an event of what was never asked for');
    return held;
  }

  async #readAnew(ids: readonly GlobalId[] | null): Promise<void> {
    for (const dataset of this.#world.datasets) {
      if (ids !== null && !ids.includes(dataset.id)) continue;
      let held = await this.#world.read(dataset);
      while (held === undefined) {
        await pause(1);
        held = await this.#world.read(dataset);
      }
      this.believed.set(dataset.id, held);
    }
  }
}

function newTold(): Told {
  return { locks: new Map(), made: new Set(), sequence: 0 };
}
