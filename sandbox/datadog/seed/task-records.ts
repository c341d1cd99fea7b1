import type { Random } from '../../core/random.ts';
import type { RecordInsert } from '../state/record-batch.ts';

type Triple = readonly [string, string, string];

const facts: readonly [Triple, ...Triple[]] = [
  [
    'How many days of parental leave are there?',
    'handbook/leave.md',
    'Every parent has 112 days of paid leave.',
  ],
  [
    'Which regions does the EU plan store data in?',
    'security/regions.md',
    'Frankfurt and Dublin, nowhere else.',
  ],
  [
    'What is the rate limit of the export API?',
    'api/limits.md',
    'Exports are limited to 10 per minute and key.',
  ],
  [
    'When was SSO added to the team plan?',
    'releases/2025-11.md',
    'SSO came to the team plan in November 2025.',
  ],
  [
    'Is there a discount for charities?',
    'pricing/discounts.md',
    'Registered charities pay half of the list price.',
  ],
  ['How are webhooks signed?', 'api/webhooks.md', 'With HMAC-SHA256 over the raw body and the timestamp.'],
  ['Who approves access to production?', 'security/access.md', 'The service owner and one person on call.'],
];

/** A question over retrieved documents, with the documents that an answer must cite. */
export function retrievalRecord(topic: string, random: Random): RecordInsert {
  const [question, source, text] = random.pick(facts);
  const [, otherSource, otherText] = random.pick(facts);
  const asked = `${question} (${topic}, case ${1_000 + random.below(9_000)})`;
  return {
    input: {
      question: asked,
      context: [
        { source, text },
        { source: otherSource, text: otherText },
      ],
    },
    expectedOutput: { answer: text, citations: [source] },
    metadata: { retriever: random.pick(['bm25', 'hybrid', 'dense']), top_k: 2 + random.below(8) },
    tags: [`topic:${topic.toLowerCase().replaceAll(' ', '-')}`],
  };
}

const tables: readonly [Triple, ...Triple[]] = [
  ['orders', 'total', 'placed_at'],
  ['subscriptions', 'monthly_price', 'started_at'],
  ['tickets', 'minutes_to_reply', 'opened_at'],
  ['shipments', 'weight', 'sent_at'],
  ['payments', 'amount', 'captured_at'],
];

/** A question of an analyst and the SQL that answers it; the output is plain text. */
export function sqlRecord(topic: string, random: Random): RecordInsert {
  const [table, measure, date] = random.pick(tables);
  const year = 2023 + random.below(3);
  const limit = 3 + random.below(40);
  const aggregate = random.pick(['sum', 'avg', 'max']);
  return {
    input: {
      question: `${topic}: top ${limit} regions by ${aggregate} of ${measure} in ${year}`,
      schema: `${table}(id, region, ${measure}, ${date})`,
      dialect: random.pick(['postgres', 'snowflake', 'bigquery']),
    },
    expectedOutput: `select region, ${aggregate}(${measure}) from ${table} where extract(year from ${date}) = ${year} group by region order by 2 desc limit ${limit}`,
    metadata: { tables: [table], joins: random.below(3) },
    tags: [`table:${table}`],
  };
}

const speakers = ['Mina', 'Jonas', 'Priya', 'Luis', 'Sofie'] as const;
const tasks = ['the rollback plan', 'the pricing page', 'the onboarding mail', 'the latency budget'] as const;

/** A transcript and its summary, both plain text. */
export function summaryRecord(topic: string, random: Random): RecordInsert {
  const who = random.pick(speakers);
  const other = random.pick(speakers);
  const task = random.pick(tasks);
  const date = `${1 + random.below(28)} June`;
  return {
    input: `[${topic}, ${10 + random.below(50)} min]\n${who}: I can take ${task}.\n${other}: By ${date}, please, the board asks.\n${who}: Works for me.`,
    expectedOutput: `${who} takes ${task}, due ${date}. Asked for by ${other}.`,
    metadata: undefined,
    tags: random.below(2) === 0 ? [] : ['reviewed:yes'],
  };
}
