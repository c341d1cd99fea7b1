import { revise, settings, type UseCase } from './use-case.ts';

const products = [
  'Orbit headphones',
  'Halo lamp',
  'Trail backpack',
  'Drift keyboard',
  'Pebble speaker',
] as const;
const problems = [
  'arrived with a cracked shell',
  'stopped charging after two days',
  'is the wrong colour',
  'never arrived',
  'was charged twice on my card',
] as const;
const tiers = ['free', 'plus', 'business'] as const;

/** A support assistant that answers customers in a conversation. */
export const supportChat: UseCase = {
  directory: 'Support/Chat assistant',
  datasets: [
    'Refund policy golden set',
    'Angry customers',
    'Order status questions',
    'Warranty edge cases',
    'Handover to a human',
    'Multi-turn returns',
    'Non-English chats',
    'Weekly production sample',
  ],
  prompts: [
    'Support reply',
    'Refund decision',
    'Handover check',
    'Tone rewrite',
    'Order lookup agent',
    'Greeting',
    'Chat summary for agents',
    'Follow-up question',
  ],
  tags: ['support', 'customer-facing'],
  inputs: ['customer_tier', 'order_number'],
  datapoint(random, index) {
    const product = random.pick(products);
    const problem = random.pick(problems);
    const order = `A-${10_400 + index}`;
    return {
      inputs: { customer_tier: random.pick(tiers), order_number: order },
      messages: [
        { role: 'user', content: `My ${product} ${problem}. Order ${order}.` },
        { role: 'assistant', content: 'I am sorry to hear that. Would you like a refund or a new one?' },
        { role: 'user', content: random.next() < 0.5 ? 'A refund, please.' : 'Send me a new one.' },
      ],
      target: {
        resolution: random.next() < 0.5 ? 'refund' : 'replacement',
        needs_human: random.next() < 0.2,
        refund_cents: 1999 + random.below(9000),
      },
    };
  },
  kernel: (revision) => ({
    ...settings(revision),
    endpoint: 'chat',
    template: [
      {
        role: 'system',
        content: revise('You help customers of Acme Goods on the {{customer_tier}} plan.', revision),
      },
      { role: 'user', content: 'My order is {{order_number}}. {{question}}' },
    ],
  }),
};

const queues = ['billing', 'shipping', 'technical', 'account', 'legal'] as const;

/** Sorting of incoming tickets into queues. */
export const ticketTriage: UseCase = {
  directory: 'Support/Ticket triage',
  datasets: [
    'Queue labels',
    'Priority labels',
    'Ambiguous tickets',
    'Spam and phishing',
    'Duplicates',
    'Legal escalations',
    'VIP accounts',
    'Regression 2026-Q1',
  ],
  prompts: [
    'Queue classifier',
    'Priority classifier',
    'Spam filter',
    'Duplicate finder',
    'Language detector',
    'Sentiment',
    'Escalation rules',
    'Ticket title',
  ],
  tags: ['support', 'classification'],
  inputs: ['subject', 'body'],
  datapoint(random, index) {
    const queue = random.pick(queues);
    return {
      inputs: {
        subject: `Ticket ${2000 + index}: trouble with ${queue}`,
        body: `Hello, my ${random.pick(products)} ${random.pick(problems)}. Who can help me with ${queue}?`,
      },
      target: { queue, priority: 1 + random.below(4), confidence: Math.round(random.next() * 100) / 100 },
    };
  },
  kernel: (revision) => ({
    ...settings(revision),
    endpoint: 'complete',
    template: revise('Sort the ticket into one queue. Subject: {{subject}} Body: {{body}}', revision),
    stop: ['\n'],
    response_format: { type: 'json_object' },
  }),
};
