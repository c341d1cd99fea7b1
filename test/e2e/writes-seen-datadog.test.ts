import { describeSeen } from './seen-after.ts';
import { writesOfDatadog } from './writes-of-datadog.ts';

describeSeen(writesOfDatadog);
