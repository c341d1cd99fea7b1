import type { Random } from '../../core/random.ts';
import type { RecordInsert } from '../state/record-batch.ts';

type Case = readonly [question: string, answer: string];

const cases: Readonly<Record<string, readonly [Case, ...Case[]]>> = {
  Refunds: [
    [
      'I returned the {product} {days} days ago and still have no refund for order {order}.',
      'Refunds reach the card 5 to 10 business days after the warehouse scans the parcel; order {order} is in that time.',
    ],
    [
      'Can I get my money back for order {order}? The box of the {product} is already open.',
      'Yes, within 30 days of delivery. An opened box is refunded in full if nothing of the {product} is missing.',
    ],
    [
      'You refunded only part of order {order}. Why?',
      'The outbound shipping fee is not refunded unless the item was faulty; I can check the {product} for a fault.',
    ],
  ],
  'Shipping delays': [
    [
      'Order {order} was due {days} days ago. Where is my {product}?',
      'The carrier scanned order {order} at the hub yesterday; I have opened a trace and you hear from us in 24 hours.',
    ],
    [
      'Will the strike delay my {product}?',
      'Parcels in that region take about {days} more days. I can move order {order} to express at no cost.',
    ],
  ],
  'Account recovery': [
    [
      'I no longer have the phone that gets my login codes.',
      'Use one of your recovery codes, or verify your identity with the card that paid for order {order}.',
    ],
    [
      'Someone changed the email of my account {days} days ago. It was not me!',
      'I have locked the account and ended every session. Please confirm your identity with the link that I sent.',
    ],
  ],
  'Billing disputes': [
    [
      'I was charged twice for order {order}.',
      'One of the two is an authorisation that falls away in {days} days; only one payment was captured.',
    ],
    [
      'What is the charge of 4.99 on my statement?',
      'That is the protection plan for your {product}. I can cancel it and return this month’s fee.',
    ],
  ],
  'Subscription changes': [
    [
      'How do I go from the yearly to the monthly plan?',
      'The change takes effect when the paid year ends, in {days} days; nothing is due before.',
    ],
    [
      'Cancel my plan but keep my data please.',
      'Your plan ends in {days} days. Data is kept for 90 more days and can be exported at any time.',
    ],
  ],
  'Order tracking': [
    [
      'Where is order {order}?',
      'Order {order} with your {product} is out for delivery and arrives before 18:00.',
    ],
    [
      'The tracking page says delivered but there is no {product} here.',
      'I am sorry. Please look with the neighbours; if it is not there by tomorrow we send a new {product}.',
    ],
  ],
  'Product returns': [
    [
      'How do I send back the {product} from order {order}?',
      'Print the label under Orders > {order} > Return, and drop the parcel at any collection point within 14 days.',
    ],
    [
      'I lost the return label.',
      'No problem: the QR code in your mail of {days} days ago works at the counter, without a printer.',
    ],
  ],
  'Warranty claims': [
    [
      'My {product} stopped working after {days} weeks.',
      'It is covered for 24 months. Tell me the serial number and I book the repair for order {order}.',
    ],
    [
      'Does the warranty cover water damage of the {product}?',
      'No, liquid damage is left out of the warranty; the protection plan covers it once a year.',
    ],
  ],
  'Gift cards': [
    [
      'My gift card says invalid.',
      'Cards become active up to 4 hours after purchase. This one belongs to order {order} and is active now.',
    ],
    [
      'Can I pay order {order} with two gift cards?',
      'Yes, up to five cards per order; the rest is paid by card.',
    ],
  ],
  'Loyalty points': [
    [
      'I have no points for order {order}.',
      'Points are added {days} days after delivery, when the time for returns is over.',
    ],
    [
      'Do my points expire?',
      'Points expire after 18 months without a purchase; yours last another {days} months.',
    ],
  ],
  'Data privacy': [
    [
      'Delete everything you know about me.',
      'I started the erasure. Invoices such as {order} are kept for ten years by law; all else goes within 30 days.',
    ],
    [
      'Who can see my chat with you?',
      'Our support staff can, for {days} weeks. Chats train no models without your consent.',
    ],
  ],
};

const products = [
  'headphones',
  'espresso machine',
  'hiking boots',
  'desk lamp',
  'e-reader',
  'bike helmet',
] as const;
const channels = ['chat', 'email', 'phone transcript'] as const;
const locales = ['en-GB', 'en-US', 'de-DE', 'fr-FR', 'es-ES'] as const;

/** What the datasets of the support project are about. */
export const supportTopics = Object.keys(cases);

/** A question to the support bot and the answer that it should give. */
export function supportRecord(topic: string, random: Random): RecordInsert {
  const [question, answer] = random.pick(cases[topic] ?? [['Hello?', 'How can I help?']]);
  const order = `#${100_000 + random.below(900_000)}`;
  const product = random.pick(products);
  const days = String(2 + random.below(20));
  const fill = (text: string): string =>
    text.replaceAll('{order}', order).replaceAll('{product}', product).replaceAll('{days}', days);
  const locale = random.pick(locales);
  return {
    input: { question: fill(question), channel: random.pick(channels), locale, ticket: order },
    expectedOutput: { answer: fill(answer), escalate: random.below(5) === 0 },
    metadata: random.below(4) === 0 ? undefined : { difficulty: random.pick(['easy', 'medium', 'hard']) },
    tags: random.below(3) === 0 ? [] : [`locale:${locale}`, `team:support`],
  };
}
