import { writesOfDatadog } from '../e2e/writes-of-datadog.ts';
import { describeCampaign } from './campaign.ts';

describeCampaign(writesOfDatadog);
