import type { DatasetCapability } from '../domain/dataset.ts';
import { InvalidInputError } from '../domain/errors.ts';
import type { SourceKey, Vendor } from '../domain/vendor.ts';
import type { Account } from '../http/account.ts';
import type { VendorHttp } from '../http/operation.ts';
import type { VendorProtocol } from '../http/protocol.ts';
import type { SourceCosts } from './costs.ts';
import type { Source, SourcePart } from './source.ts';

/** Reads what the caller sent beside its operation: an HTTP header, or a member of `connectionParams`. */
export type CallerHeaders = (name: string) => string | undefined;

/** A vendor as the registry lists it: made once from configuration, connected once an operation. */
export interface VendorDefinition {
  readonly key: SourceKey;
  readonly vendor: Vendor;
  /** True when this vendor is played by the local sandbox. */
  readonly sandbox: boolean;
  readonly protocol: VendorProtocol;
  readonly datasetCapabilities: readonly DatasetCapability[];
  /** What the source that `connect` gives has. */
  readonly parts: readonly SourcePart[];
  /** What its reads cost, where all datasets of an account are in so many lists. */
  readonly costs: (lists: number) => SourceCosts;
  /** The headers (lower case) by which a caller brings credentials of its own. */
  readonly credentialHeaders: readonly string[];
  /** What must be set so that the gateway has an account of its own; said when it has none. */
  readonly howToConfigure: string;
  /**
   * The account that serves this caller: its own when it sends credentials, else the gateway's; undefined when
   * there is neither. Credentials of the two are never mixed. Throws InvalidInputError when what it sends is
   * incomplete or malformed.
   */
  accountFor(header: CallerHeaders): Account | undefined;
  connect(http: VendorHttp): Source;
}

const visibleAscii = /^[\x21-\x7e]{1,512}$/;

/** A credential or setting from a caller's header; undefined when it is not sent or blank. */
export function readCallerHeader(header: CallerHeaders, name: string): string | undefined {
  const value = header(name)?.trim();
  if (value === undefined || value === '') return undefined;
  // The value itself is never repeated: it may be a secret in the wrong place.
  if (!visibleAscii.test(value)) {
    throw new InvalidInputError(
      `The header ${name} holds characters that no credential has, or is too long.`,
      [{ path: [name], message: 'must be 1 to 512 visible ASCII characters' }],
    );
  }
  return value;
}
