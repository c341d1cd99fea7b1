import type { Json } from './json.ts';

/** A person, as a vendor tells of them. */
export interface Actor {
  readonly vendorId: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly handle: string | null;
  readonly iconUrl: string | null;
  /** What else the vendor tells, in its own words. */
  readonly details: Json;
}
