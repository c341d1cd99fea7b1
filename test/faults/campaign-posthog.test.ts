import { writesOfPostHog } from '../e2e/writes-of-posthog.ts';
import { describeCampaign } from './campaign.ts';

describeCampaign(writesOfPostHog);
