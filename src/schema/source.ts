import type { SourceRateLimit } from '../domain/source-status.ts';
import { costOfProbe } from '../resolvers/costs/things.ts';
import { free } from '../resolvers/costs/weight.ts';
import { type SourceView, sourceHealth, sourceRateLimit } from '../resolvers/sources.ts';
import { type WatchStats, watchingOf } from '../resolvers/subscriptions.ts';
import { builder } from './builder.ts';
import { costs } from './cost.ts';
import { DatasetCapabilityEnum, SourceStatusEnum, VendorEnum } from './enums.ts';

const SourceRateLimitType = builder.objectRef<SourceRateLimit>('SourceRateLimit').implement({
  description: 'How many requests a vendor takes. Null fields are not told.',
  fields: (t) => ({
    limit: t.exposeInt('limit', { description: 'Requests in one period.' }),
    remaining: t.exposeInt('remaining', { description: 'Requests left in this period.' }),
    resetsAt: t.expose('resetsAt', { type: 'DateTime', description: 'When there is more again.' }),
  }),
});

const SourceWatchingType = builder.objectRef<WatchStats>('SourceWatching').implement({
  description: 'What is looked at for subscribers, and how often.',
  fields: (t) => ({
    resources: t.exposeInt('resources', {
      nullable: false,
      description: 'Draft locks, and versions of datasets and prompts, that are looked at.',
    }),
    intervalSeconds: t.exposeFloat('intervalSeconds', {
      description:
        "The longest time between two looks, as things are: longer when nothing changes, and when the vendor's budget is short. Null when nothing is looked at.",
    }),
  }),
});

export const SourceType = builder.objectRef<SourceView>('Source').implement({
  description: 'A vendor as this gateway reaches it.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'The id in this API.' }),
    vendor: t.expose('vendor', { type: VendorEnum, nullable: false, description: 'Which vendor.' }),
    status: t.field({
      extensions: costs(costOfProbe),
      type: SourceStatusEnum,
      nullable: false,
      description: 'How it does, by a cheap call made at most about once a second.',
      resolve: async (source) => (await sourceHealth(source)).status,
    }),
    statusReason: t.string({
      extensions: costs(costOfProbe),
      description: 'Why it is not UP, and what to do.',
      resolve: async (source) => (await sourceHealth(source)).statusReason,
    }),
    datasetCapabilities: t.expose('datasetCapabilities', {
      type: [DatasetCapabilityEnum],
      nullable: false,
      description: 'What can be done with datasets of this vendor.',
    }),
    rateLimit: t.field({
      extensions: costs(costOfProbe),
      type: SourceRateLimitType,
      description:
        "What the vendor's own headers last said; else its published limit, with what this instance has left of it with the credentials in use.",
      resolve: (source) => sourceRateLimit(source),
    }),
    watching: t.field({
      extensions: costs(free),
      type: SourceWatchingType,
      description: 'What is looked at here for subscribers with the credentials in use; null without any.',
      resolve: (source, _args, context) => watchingOf(context, source),
    }),
    sandbox: t.exposeBoolean('sandbox', {
      nullable: false,
      description: 'True when this vendor is played by the local sandbox.',
    }),
  }),
});
