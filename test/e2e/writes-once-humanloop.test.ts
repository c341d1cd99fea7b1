import { describeOnceOrTold } from './once-or-told.ts';
import { writesOfHumanloop } from './writes-of-humanloop.ts';

describeOnceOrTold(writesOfHumanloop);
