import type { Random } from '../../core/random.ts';
import { defaultSwitches } from '../switches.ts';
import type { Tenant } from '../tenant.ts';
import type { WriteContext } from '../write-context.ts';
import type { Calendar } from './calendar.ts';

/** What is needed to fill one organisation with files. */
export interface Planting {
  readonly tenant: Tenant;
  readonly random: Random;
  readonly calendar: Calendar;
  /** When the first file appears, and how long it is until the next. Milliseconds. */
  readonly start: number;
  readonly spacing: number;
  /** A write by one of the organisation's users at a moment. */
  writeContext(now: number): WriteContext;
}

export function createPlanting(
  parts: Pick<Planting, 'tenant' | 'random' | 'calendar' | 'start' | 'spacing'>,
): Planting {
  const [first, ...others] = parts.tenant.users.values();
  if (first === undefined) throw new Error(`The sandbox tenant ${parts.tenant.name} has no users.`);
  const switches = defaultSwitches();
  return {
    ...parts,
    writeContext: (now) => ({
      tenant: parts.tenant,
      user: parts.random.pick([first, ...others]),
      now,
      switches,
    }),
  };
}
