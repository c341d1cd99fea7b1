import { permissionDenied } from './api-error.ts';
import type { Answer, Call } from './call.ts';

/** A route of reviews, scorers or queues: 403 while the vendor's feature flag for them is off (vendor facts). */
export function gated(handle: (call: Call) => Answer): (call: Call) => Answer {
  return (call) => {
    if (call.switches.reviewsFeature) return handle(call);
    throw permissionDenied('You do not have permission to perform this action.');
  };
}
