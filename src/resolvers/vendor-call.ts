import type { Context } from '../context.ts';
import { InvalidInputError, NotFoundError, UnsupportedError } from '../domain/errors.ts';
import type { ResourceKey } from '../domain/identity.ts';
import { nameVendors, type Vendor, vendorNames } from '../domain/vendor.ts';
import { refusalOf } from '../loaders/align-by-key.ts';
import type { Source, SourcePart, SourceSlot } from '../sources/source.ts';

/** The vendor's slot that a key belongs to. Throws NotFoundError when this gateway has no such source. */
export function slotOf(context: Context, key: ResourceKey): SourceSlot {
  const slot = context.slots.find((candidate) => candidate.key === key.address.source);
  if (slot !== undefined) return slot;
  throw new NotFoundError(`This gateway has no source "${key.address.source}", which the id is of.`);
}

/** The connected source of a slot. Throws SourceError when there are no credentials for it. */
export function connected(slot: SourceSlot): Source {
  if (slot.source === undefined) throw refusalOf(slot);
  return slot.source;
}

/** The part of a source that a key needs. Throws UnsupportedError, naming who has it, where the vendor does not. */
export function partOf<Part>(
  context: Context,
  key: ResourceKey,
  what: string,
  pick: (source: Source) => Part | undefined,
): Part {
  const slot = slotOf(context, key);
  const part = pick(connected(slot));
  if (part !== undefined) return part;
  throw unsupported(context, slot.vendor, what, pick);
}

/** That a vendor has no such thing, and which of the configured ones do. */
export function unsupported(
  context: Context,
  vendor: Vendor,
  what: string,
  pick: (source: Source) => unknown,
): UnsupportedError {
  const able = context.slots.filter((slot) => slot.source !== undefined && pick(slot.source) !== undefined);
  const who =
    able.length === 0 ? 'No configured vendor has.' : `${nameVendors(able.map((s) => s.vendor))} can.`;
  return new UnsupportedError(vendor, `${vendorNames[vendor]} has no ${what}. ${who}`);
}

/** The slots of a vendor, of which there is at least one. */
export function slotsOfVendor(context: Context, vendor: Vendor): readonly [SourceSlot, ...SourceSlot[]] {
  const [first, ...others] = context.slots.filter((slot) => slot.vendor === vendor);
  if (first === undefined) throw new NotFoundError(`This gateway has no source of ${vendorNames[vendor]}.`);
  return [first, ...others];
}

/**
 * The slots that have a thing: the configured ones, or those of the filter. One that is named and has no credentials
 * stays, and so do all where none has any: they say so.
 */
export function slotsInPlay(
  context: Pick<Context, 'slots'>,
  part: SourcePart,
  filtered?: readonly Vendor[] | null | undefined,
): readonly SourceSlot[] {
  const able = context.slots.filter((slot) => slot.parts.includes(part));
  if (filtered !== null && filtered !== undefined) {
    return able.filter((slot) => filtered.includes(slot.vendor));
  }
  const configured = able.filter((slot) => slot.source !== undefined);
  return configured.length > 0 ? configured : able;
}

/** What a loader gave, or NotFoundError in the words of the kind. */
export function found<Value>(value: Value | null, key: ResourceKey): Value {
  if (value !== null) return value;
  const kind = key.address.kind.toLowerCase().replaceAll('_', ' ');
  throw new NotFoundError(
    `There is no such ${kind}, or the credentials in use may not see it: it may have been deleted.`,
  );
}

/** Characters as vendors count them: code points. */
function isLonger(text: string, longest: number): boolean {
  return text.length > longest && (text.length > 2 * longest || [...text].length > longest);
}

/** A text argument that must say something. */
export function readText(value: string, path: readonly string[], longest = 1_000): string {
  const isBlank = value.trim() === '';
  if (isBlank || isLonger(value, longest)) {
    const message = isBlank ? 'must not be blank' : `must have at most ${longest} characters`;
    throw new InvalidInputError(`\`${path.join('.')}\` ${message}.`, [{ path, message }]);
  }
  return value;
}

/** A text to search by; undefined when it is left out or blank, which is no search at any vendor. */
export function readSearch(value: string | null | undefined, path: readonly string[]): string | undefined {
  return value === null || value === undefined || value.trim() === '' ? undefined : readText(value, path);
}
