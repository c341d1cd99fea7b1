import { describeOnceOrTold } from './once-or-told.ts';
import { writesOfPostHog } from './writes-of-posthog.ts';

describeOnceOrTold(writesOfPostHog);
