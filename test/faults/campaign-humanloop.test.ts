import { writesOfHumanloop } from '../e2e/writes-of-humanloop.ts';
import { describeCampaign } from './campaign.ts';

describeCampaign(writesOfHumanloop);
