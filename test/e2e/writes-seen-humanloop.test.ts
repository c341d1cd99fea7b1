import { describeSeen } from './seen-after.ts';
import { writesOfHumanloop } from './writes-of-humanloop.ts';

describeSeen(writesOfHumanloop);
