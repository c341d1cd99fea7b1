import type { Random } from '../../core/random.ts';
import type { RecordInsert } from '../state/record-batch.ts';
import { supportRecord, supportTopics } from './support-cases.ts';
import { retrievalRecord, sqlRecord, summaryRecord } from './task-records.ts';

/** A project of the seed: a dataset for each topic and kind, filled with records of one task. */
export interface Theme {
  readonly project: string;
  readonly description: string | undefined;
  readonly createdAt: string;
  readonly topics: readonly string[];
  /** What a dataset tests, and what its description says. */
  readonly kinds: readonly (readonly [kind: string, description: string | undefined])[];
  record(topic: string, random: Random): RecordInsert;
}

/** The projects of acme: one with 66 datasets, the others with 24, 14 and 6. */
export const acmeThemes: readonly Theme[] = [
  {
    project: 'support-assistant',
    description: 'The assistant that answers customers in chat and mail.',
    createdAt: '2026-01-02T09:12:44Z',
    topics: supportTopics,
    kinds: [
      ['golden answers', 'Answers that the support leads signed off.'],
      ['tone and empathy', 'Upset customers; graded on tone.'],
      ['escalation triage', 'When to hand over to a person.'],
      ['policy grounding', 'Answers must follow the published policy.'],
      ['multilingual replies', undefined],
      ['hallucination probes', 'Questions about offers that do not exist.'],
    ],
    record: supportRecord,
  },
  {
    project: 'knowledge-base-rag',
    description: 'Retrieval over the handbook, the docs and the policies.',
    createdAt: '2026-01-03T14:40:03Z',
    topics: [
      'Employee handbook',
      'Developer docs',
      'Security policies',
      'Pricing pages',
      'Release notes',
      'API reference',
    ],
    kinds: [
      ['retrieval recall', 'Is the right passage among those retrieved?'],
      ['answer faithfulness', 'Nothing that the passages do not say.'],
      ['citation checks', undefined],
      ['unanswerable questions', 'The right answer is that the documents do not say.'],
    ],
    record: retrievalRecord,
  },
  {
    project: 'analytics-sql-agent',
    description: undefined,
    createdAt: '2026-01-04T08:05:51Z',
    topics: ['Revenue', 'Retention', 'Inventory', 'Marketing funnel', 'Support volume', 'Payments', 'Usage'],
    kinds: [
      ['text-to-SQL', 'Exact match after formatting.'],
      ['schema linking', 'Are the right tables and columns named?'],
    ],
    record: sqlRecord,
  },
  {
    project: 'meeting-summariser',
    description: 'Summaries and action items of recorded meetings.',
    createdAt: '2026-01-04T16:31:20Z',
    topics: ['Standups', 'Sales calls', 'Incident reviews'],
    kinds: [
      ['action items', 'Who does what by when.'],
      ['faithfulness', undefined],
    ],
    record: summaryRecord,
  },
];

/** The projects of globex. */
export const globexThemes: readonly Theme[] = [
  {
    project: 'Globex claims copilot',
    description: 'Globex helps its adjusters.',
    createdAt: '2026-02-01T10:00:07Z',
    topics: ['Globex Warranty claims', 'Globex Billing disputes'],
    kinds: [
      ['golden answers', 'Globex signed these off.'],
      ['hallucination probes', undefined],
    ],
    record: (topic, random) => supportRecord(topic.replace('Globex ', ''), random),
  },
  {
    project: 'Globex ledger agent',
    description: undefined,
    createdAt: '2026-02-03T11:22:18Z',
    topics: ['Globex Payments'],
    kinds: [['text-to-SQL', undefined]],
    record: sqlRecord,
  },
];
