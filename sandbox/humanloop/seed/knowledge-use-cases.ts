import { revise, settings, type UseCase } from './use-case.ts';

const topics = [
  'parental leave',
  'travel expenses',
  'laptop replacement',
  'security incidents',
  'remote work abroad',
  'stock options',
] as const;
const countries = ['Germany', 'Sweden', 'India', 'Brazil', 'Canada'] as const;

/** Questions answered from the company's handbook. */
export const handbookSearch: UseCase = {
  directory: 'Knowledge/Handbook RAG',
  datasets: [
    'RAG regression suite',
    'Unanswerable questions',
    'Citations',
    'Stale documents',
    'Long contexts',
    'Paraphrases',
    'HR policies',
    'IT policies',
  ],
  prompts: [
    'Grounded answer',
    'Query rewrite',
    'Passage ranker',
    'Citation check',
    'Refuse or answer',
    'Short answer',
    'Answer with steps',
    'Hallucination judge',
  ],
  tags: ['rag', 'internal'],
  inputs: ['question', 'context'],
  datapoint(random, index) {
    const topic = random.pick(topics);
    const country = random.pick(countries);
    const limit = 2 + random.below(28);
    return {
      inputs: {
        question: `What are the rules for ${topic} in ${country}? (case ${index + 1})`,
        context: `Handbook, section ${1 + random.below(40)}: in ${country}, ${topic} is limited to ${limit} days.`,
      },
      target: {
        answer: `At most ${limit} days.`,
        citations: [`handbook/${topic.replaceAll(' ', '-')}.md`],
        grounded: true,
      },
    };
  },
  kernel: (revision) => ({
    ...settings(revision),
    endpoint: 'chat',
    template: [
      { role: 'system', content: revise('Answer from the context alone.', revision) },
      { role: 'user', content: 'Context:\n{{context}}\n\nQuestion: {{question}}' },
    ],
    other: { top_k: 5 + (revision % 4) },
  }),
};

const tables = ['orders', 'invoices', 'sessions', 'refunds', 'shipments'] as const;
const measures = ['count', 'sum of amount', 'average duration', 'newest date'] as const;

/** Questions turned into SQL over the warehouse. */
export const sqlAgent: UseCase = {
  directory: 'Analytics/SQL agent',
  datasets: [
    'Text to SQL basics',
    'Joins',
    'Window functions',
    'Date arithmetic',
    'Ambiguous columns',
    'Refused questions',
    'Dashboard questions',
    'Cost limits',
  ],
  prompts: [
    'SQL writer',
    'SQL fixer',
    'Schema picker',
    'Result explainer',
    'Query guard',
    'Chart chooser',
    'Column glossary',
    'Question splitter',
  ],
  tags: ['analytics', 'agent'],
  inputs: ['question', 'dialect'],
  datapoint(random, index) {
    const table = random.pick(tables);
    const measure = random.pick(measures);
    return {
      inputs: {
        question: `Give me the ${measure} of ${table} for week ${1 + (index % 52)} of ${2020 + Math.floor(index / 52)}.`,
        dialect: random.next() < 0.7 ? 'postgres' : 'bigquery',
      },
      target: {
        sql: `SELECT ${measure === 'count' ? 'count(*)' : 'max(value)'} FROM ${table} WHERE week = ${1 + (index % 52)}`,
        expected_rows: 1 + random.below(20),
        plan: { scans: [table], joins: random.below(3) },
      },
    };
  },
  kernel: (revision) => ({
    ...settings(revision),
    endpoint: 'chat',
    template: [
      { role: 'system', content: revise('You write {{dialect}} SQL over the warehouse.', revision) },
      { role: 'user', content: '{{question}}' },
    ],
    tools: [
      {
        name: 'run_query',
        description: 'Runs a read-only query.',
        parameters: { type: 'object', properties: { sql: { type: 'string' } }, required: ['sql'] },
      },
    ],
  }),
};
