import { revise, settings, type UseCase } from './use-case.ts';

const meetings = [
  'launch review',
  'incident review',
  'roadmap session',
  'customer call',
  'hiring debrief',
] as const;
const owners = ['Amina', 'Jonas', 'Mei', 'Rafael', 'Sofia'] as const;

/** Summaries of meetings and threads. */
export const summaries: UseCase = {
  directory: 'Writing/Summaries',
  datasets: [
    'Meeting transcripts',
    'Email threads',
    'Incident timelines',
    'Action items',
    'Executive briefs',
    'Very short inputs',
    'Noisy transcripts',
    'Faithfulness checks',
  ],
  prompts: [
    'Meeting summary',
    'Thread summary',
    'Action item list',
    'Executive brief',
    'Headline',
    'Bullet points',
    'Faithfulness judge',
    'Style check',
  ],
  tags: ['summarisation'],
  inputs: ['transcript', 'audience'],
  datapoint(random, index) {
    const owner = random.pick(owners);
    const meeting = random.pick(meetings);
    return {
      inputs: {
        transcript: `${meeting} number ${index + 1}. ${owner}: we ship on the ${1 + random.below(28)}th. Everyone agreed.`,
        audience: random.next() < 0.5 ? 'engineers' : 'executives',
      },
      target: {
        summary: `In the ${meeting} the team agreed on a ship date.`,
        action_items: [{ owner, task: 'Prepare the release' }],
      },
    };
  },
  kernel: (revision) => ({
    ...settings(revision),
    endpoint: 'complete',
    template: revise('Summarise for {{audience}}:\n{{transcript}}\n', revision),
    presence_penalty: 0.1 * (revision % 3),
  }),
};

const products = ['Lockbox', 'Relay', 'Beacon', 'Harbor'] as const;
const languages = ['German', 'French', 'Japanese', 'Portuguese'] as const;

/** Translation of product texts. */
export const translation: UseCase = {
  directory: 'Writing/Localisation',
  datasets: [
    'Release notes',
    'Error messages',
    'Marketing lines',
    'Placeholders kept',
    'Glossary terms',
    'Right-to-left',
    'Plural forms',
    'Back-translation',
  ],
  prompts: [
    'Translator',
    'Glossary enforcer',
    'Placeholder guard',
    'Tone matcher',
    'Back-translator',
    'Plural picker',
    'Length limiter',
    'Translation judge',
  ],
  tags: ['localisation', 'customer-facing'],
  inputs: ['text', 'language'],
  datapoint(random, index) {
    const product = random.pick(products);
    const language = random.pick(languages);
    const version = `${2 + Math.floor(index / 10)}.${index % 10}`;
    return {
      inputs: { text: `${product} ${version} is here: faster search, fewer clicks.`, language },
      target: {
        must_contain: [product, version],
        max_length: 80 + random.below(60),
        formal: language !== 'French',
      },
    };
  },
  kernel: (revision) => ({
    ...settings(revision),
    endpoint: 'complete',
    template_language: 'jinja',
    template: revise('Translate into {{ language }}: {{ text | trim }}', revision),
  }),
};
