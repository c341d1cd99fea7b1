import { vi } from 'vitest';
import { VendorHttp } from '../../src/http/operation.ts';

/** What the fault says: nobody outside may ever see it. */
export const plantedWords = 'planted: a path /srv/lockstep and an address 10.0.0.7';

/**
 * Makes reading at a vendor's endpoint throw what is no error of this API's own, as a fault of the gateway would that
 * nobody has thought of. From outside there is no way known to make one. Gives what takes it away.
 */
export function plantFault(
  matches: (endpoint: string, query: Readonly<Record<string, unknown>>) => boolean,
): () => void {
  const real = VendorHttp.prototype.get;
  const spy = vi.spyOn(VendorHttp.prototype, 'get').mockImplementation(function (
    this: VendorHttp,
    ...[request, parse]: Parameters<VendorHttp['get']>
  ) {
    if (matches(request.endpoint, request.query ?? {})) throw new TypeError(plantedWords);
    return real.call(this, request, parse);
  });
  return () => spy.mockRestore();
}
