import { describeSeen } from './seen-after.ts';
import { writesOfPostHog } from './writes-of-posthog.ts';

describeSeen(writesOfPostHog);
