import { describeOnceOrTold } from './once-or-told.ts';
import { writesOfDatadog } from './writes-of-datadog.ts';

describeOnceOrTold(writesOfDatadog);
