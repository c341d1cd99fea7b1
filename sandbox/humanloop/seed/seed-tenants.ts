import { Random } from '../../core/random.ts';
import { type HumanloopCredential, humanloopCredentials } from '../credentials.ts';
import type { User } from '../file.ts';
import { newIdentifier } from '../identifiers.ts';
import type { Tenant } from '../tenant.ts';
import { createCalendar } from './calendar.ts';
import { globexService } from './globex-use-case.ts';
import { handbookSearch, sqlAgent } from './knowledge-use-cases.ts';
import { createPlanting } from './planting.ts';
import { extraction, safety } from './safety-use-cases.ts';
import { seedDataset } from './seed-datasets.ts';
import { seedPrompt } from './seed-prompts.ts';
import { supportChat, ticketTriage } from './support-use-cases.ts';
import type { UseCase } from './use-case.ts';
import { summaries, translation } from './writing-use-cases.ts';

const day = 86_400_000;

function usersOf(credentials: Record<string, HumanloopCredential>): Map<string, User> {
  return new Map(
    Object.values(credentials).map(({ apiKey, userId, emailAddress, fullName }) => [
      apiKey,
      { id: userId, emailAddress, fullName },
    ]),
  );
}

function emptyTenant(
  name: string,
  random: Random,
  credentials: Record<string, HumanloopCredential>,
  environmentNames: readonly string[],
): Tenant {
  return {
    name,
    users: usersOf(credentials),
    environments: environmentNames.map((environmentName, index) => ({
      id: newIdentifier('env', random),
      name: environmentName,
      tag: index === 0 ? 'default' : 'other',
      createdAt: Date.UTC(2026, 0, 2, 9, index),
    })),
    tools: [
      {
        id: newIdentifier('tl', random),
        versionId: newIdentifier('tv', random),
        name: `${name}_order_lookup`,
        description: 'Finds an order by its number.',
        parameters: { type: 'object', properties: { order_number: { type: 'string' } } },
      },
    ],
    datasets: new Map(),
    prompts: new Map(),
    directories: new Map(),
    random,
  };
}

function plant(tenant: Tenant, useCases: readonly UseCase[], start: number, spacing: number): Tenant {
  const { random } = tenant;
  const planting = createPlanting({ tenant, random, calendar: createCalendar(random), start, spacing });
  let position = 0;
  // The teams take turns, so that neighbours in a list by date are of different directories.
  const longest = Math.max(
    ...useCases.map(({ datasets, prompts }) => Math.max(datasets.length, prompts.length)),
  );
  for (let turn = 0; turn < longest; turn += 1) {
    for (const useCase of useCases) {
      const dataset = useCase.datasets[turn];
      const prompt = useCase.prompts[turn];
      if (dataset !== undefined) seedDataset(planting, useCase, dataset, position);
      if (prompt !== undefined) seedPrompt(planting, useCase, prompt, position);
      position += 1;
    }
  }
  return tenant;
}

/** Both organisations as they are at the start; the same on every call. */
export function seedTenants(): { acme: Tenant; globex: Tenant } {
  const acme = emptyTenant('acme', new Random(5150), humanloopCredentials.acme, ['production', 'staging']);
  // More than one environment comes with the vendor's largest plan alone.
  const globex = emptyTenant('globex', new Random(1989), humanloopCredentials.globex, ['production']);
  const useCases = [
    supportChat,
    handbookSearch,
    ticketTriage,
    sqlAgent,
    summaries,
    safety,
    translation,
    extraction,
  ];
  return {
    acme: plant(acme, useCases, Date.UTC(2026, 0, 5, 8), 3.9 * day),
    globex: plant(globex, [globexService], Date.UTC(2026, 1, 10, 8), 9 * day),
  };
}
