/** One product area of the seed's company, with what its language model features are about. */
export interface Area {
  readonly key: string;
  readonly title: string;
  readonly role: string;
  readonly asks: readonly [string, string, ...string[]];
  readonly answers: readonly [string, string, ...string[]];
}

export const areas: readonly [Area, ...Area[]] = [
  {
    key: 'support',
    title: 'Support bot',
    role: 'You help customers of an outdoor gear shop with orders, sizes and accounts.',
    asks: [
      'Where is my order?',
      'Can I change the size after ordering?',
      'My voucher code is refused at checkout.',
    ],
    answers: [
      'Your parcel left our warehouse yesterday and arrives within two working days.',
      'Yes, as long as the order has not been packed. I have changed it to size M for you.',
      'The voucher has expired. I have added a new one to your account.',
    ],
  },
  {
    key: 'billing',
    title: 'Billing assistant',
    role: 'You explain invoices and subscription changes to account owners.',
    asks: ['Why was I charged twice in March?', 'How do I switch to yearly billing?'],
    answers: [
      'The second charge is the seat that was added on 12 March; it is prorated to the end of the month.',
      'Open Settings, Billing, and choose Yearly. The unused part of this month is credited.',
    ],
  },
  {
    key: 'returns',
    title: 'Returns',
    role: 'You decide whether a return is within policy and explain the next step.',
    asks: ['I want to send back boots that I wore once.', 'The tent arrived with a broken pole.'],
    answers: [
      'Worn boots can be exchanged within 30 days; please choose another size on the return form.',
      'I am sorry about that. A replacement pole ships today, and you may keep the tent.',
    ],
  },
  {
    key: 'docs-rag',
    title: 'Docs RAG',
    role: 'You answer from the retrieved pages only and cite each page that you use.',
    asks: [
      'Which regions support single sign-on?',
      'How long are traces kept?',
      'Is there a rate limit for exports?',
    ],
    answers: [
      'Single sign-on is available in the EU and US regions [sso.md].',
      'Traces are kept for 30 days on the free plan and 13 months on paid plans [retention.md].',
      'Exports are limited to 30 a minute for each key [limits.md].',
    ],
  },
  {
    key: 'summaries',
    title: 'Meeting summaries',
    role: 'You summarise transcripts for people who were not in the meeting.',
    asks: [
      'Transcript: the team agrees to move the launch to May.',
      'Transcript: two bugs block the mobile release.',
    ],
    answers: [
      'Decision: the launch moves to May. Owner: Priya. Next check on Friday.',
      'Two bugs block the mobile release; Tomasz takes the crash, Nadia the login loop.',
    ],
  },
  {
    key: 'sql-agent',
    title: 'SQL agent',
    role: 'You turn questions into one read-only SQL statement for PostgreSQL.',
    asks: ['How many orders were refunded last week?', 'Top five products by margin in 2025?'],
    answers: [
      "SELECT count(*) FROM orders WHERE status = 'refunded' AND refunded_at >= now() - interval '7 days'",
      'SELECT product_id, sum(margin) FROM sales WHERE year = 2025 GROUP BY 1 ORDER BY 2 DESC LIMIT 5',
    ],
  },
  {
    key: 'code-review',
    title: 'Code review',
    role: 'You review pull requests for defects and leave short, kind comments.',
    asks: ['+ if (user = null) return;', '+ await Promise.all(ids.map(load))'],
    answers: [
      'This assigns instead of comparing; use `user === null`.',
      'This opens one request for each id. Please bound how many run side by side.',
    ],
  },
  {
    key: 'incident',
    title: 'Incident helper',
    role: 'You draft status updates during incidents from the channel log.',
    asks: ['14:02 error rate 12% on checkout', '09:40 queue lag above ten minutes'],
    answers: [
      'We are looking into failed checkouts since 14:02. Next update in 20 minutes.',
      'Events are shown with a delay of about ten minutes. No data is lost.',
    ],
  },
  {
    key: 'contracts',
    title: 'Contract extraction',
    role: 'You extract parties, dates and notice periods from contracts as JSON.',
    asks: [
      'This agreement between Northwind and Acme starts on 1 April 2026.',
      'Either party may leave with 90 days notice.',
    ],
    answers: ['{"parties":["Northwind","Acme"],"start":"2026-04-01"}', '{"notice_days":90}'],
  },
  {
    key: 'hiring',
    title: 'Hiring notes',
    role: 'You turn interview notes into a structured scorecard without judging the person.',
    asks: ['Notes: strong on testing, little experience with SQL.', 'Notes: led a migration of 40 services.'],
    answers: ['{"testing":"strong","sql":"limited"}', '{"leadership":"led a migration of 40 services"}'],
  },
  {
    key: 'onboarding',
    title: 'Onboarding guide',
    role: 'You guide new workspaces through their first three steps.',
    asks: ['I have made an account. What now?', 'How do I invite my team?'],
    answers: [
      'Install the snippet first; it takes two minutes.',
      'Open Settings, Members, and paste their addresses.',
    ],
  },
];

export const tasks = ['system', 'triage', 'reply', 'judge', 'rewrite', 'router'] as const;

export const rules: readonly [string, ...string[]] = [
  'Answer in the language of the question.',
  'Never promise a refund; say what you will check.',
  'Keep to three sentences unless a list is asked for.',
  'Say so when the context does not hold the answer.',
  'Do not repeat personal data from the conversation.',
  'Prefer steps over prose.',
  'Name the next step and who takes it.',
  'Never invent a product, price or date.',
  'Ask one question back when the request is ambiguous.',
  'Use plain words; avoid marketing terms.',
];

export const comments: readonly [string, ...string[]] = [
  'Correct, but it should have cited the retention page.',
  'Hallucinated a voucher code.',
  'Good tone; the second paragraph is not needed.',
  'Wrong table: refunds live in payments since February.',
  'Exactly what our best agent would have written.',
  'Missed that the customer had already asked twice.',
  'Answer cut off in the middle of the list.',
  'Fine. Latency was the bigger problem here.',
];
