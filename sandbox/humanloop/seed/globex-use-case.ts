import { revise, settings, type UseCase } from './use-case.ts';

const machines = ['pump', 'valve', 'turbine', 'sensor'] as const;

/** The whole work of the second organisation; every name starts with its own. */
export const globexService: UseCase = {
  directory: 'Globex Service',
  datasets: ['Globex manuals QA', 'Globex fault codes', 'Globex dispatch', 'Globex safety notices'],
  prompts: ['Globex technician', 'Globex dispatcher', 'Globex fault explainer'],
  tags: ['globex'],
  inputs: ['machine', 'question'],
  datapoint(random, index) {
    const machine = random.pick(machines);
    return {
      inputs: { machine: `Globex ${machine} ${index + 1}`, question: 'What does the red light mean?' },
      target: { answer: `The ${machine} is too hot.`, code: 100 + index },
    };
  },
  kernel: (revision) => ({
    ...settings(revision),
    endpoint: 'chat',
    template: [
      {
        role: 'system',
        content: revise('You advise the technicians of Globex on the {{machine}}.', revision),
      },
      { role: 'user', content: '{{question}}' },
    ],
  }),
};
