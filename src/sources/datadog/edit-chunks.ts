import { randomUUID } from 'node:crypto';
import type { ResourceKey } from '../../domain/identity.ts';
import type { ItemContent, ItemEdit, ItemPatch } from '../writes.ts';
import { readItemAddress } from './addresses.ts';
import { changesVersion, insertText, updateText } from './item-records.ts';
import { batchLimits } from './limits.ts';
import type { BatchRecords } from './write-client.ts';

/** One change of one record, and where in the edit it stands. */
export interface Change {
  readonly kind: 'add' | 'update' | 'remove';
  readonly index: number;
  readonly recordId: string;
  readonly makesVersion: boolean;
  readonly text: () => string;
}

/** Changes that are sent together. */
export interface Chunk extends BatchRecords {
  readonly changes: readonly Change[];
}

/** Ids of our making, in the shape of those that Datadog's SDK makes, so that what was added is known. */
function newRecordId(): string {
  return randomUUID().replaceAll('-', '');
}

function addOf(content: ItemContent, index: number): Change {
  const recordId = newRecordId();
  return { kind: 'add', index, recordId, makesVersion: true, text: () => insertText(recordId, content) };
}

function updateOf(patch: ItemPatch, index: number): Change {
  const { recordId } = readItemAddress(patch.item);
  const makesVersion = changesVersion(patch);
  return { kind: 'update', index, recordId, makesVersion, text: () => updateText(recordId, patch) };
}

function removeOf(key: ResourceKey<'DATASET_ITEM'>, index: number): Change {
  const { recordId } = readItemAddress(key);
  return { kind: 'remove', index, recordId, makesVersion: true, text: () => JSON.stringify(recordId) };
}

/**
 * An edit in the order in which it is sent, cut to what one batch may hold. What makes a version goes first: a batch
 * of metadata alone makes none, and would be written into the version that was there before.
 */
export class EditChunks {
  readonly all: readonly Change[];
  #at = 0;
  #maxRecords: number = batchLimits.records;
  #maxBytes: number = batchLimits.bytes;

  constructor(edit: ItemEdit) {
    const updates = edit.update.map(updateOf);
    this.all = [
      ...edit.add.map(addOf),
      ...updates.filter(({ makesVersion }) => makesVersion),
      ...edit.remove.map(removeOf),
      ...updates.filter(({ makesVersion }) => !makesVersion),
    ];
  }

  /** What was not taken yet. */
  get rest(): readonly Change[] {
    return this.all.slice(this.#at);
  }

  /** The next changes to send; undefined at the end. A record over the limit goes alone. */
  next(): Chunk | undefined {
    if (this.#at >= this.all.length) return undefined;
    const texts: Record<Change['kind'], string[]> = { add: [], update: [], remove: [] };
    const first = this.#at;
    let bytes = 0;
    for (const change of this.all.slice(first, first + this.#maxRecords)) {
      const text = change.text();
      bytes += Buffer.byteLength(text) + 1;
      if (bytes > this.#maxBytes && this.#at > first) break;
      texts[change.kind].push(text);
      this.#at += 1;
    }
    const changes = this.all.slice(first, this.#at);
    return { changes, insert: texts.add, update: texts.update, remove: texts.remove };
  }

  /** Takes back a chunk that was too large: from here on they are half as large. False where none can be smaller. */
  shrink({ changes, insert, update, remove }: Chunk): boolean {
    if (changes.length <= 1) return false;
    this.#at -= changes.length;
    this.#maxRecords = Math.ceil(changes.length / 2);
    const sent = [...insert, ...update, ...remove];
    this.#maxBytes = Math.ceil(sent.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0) / 2);
    return true;
  }
}
