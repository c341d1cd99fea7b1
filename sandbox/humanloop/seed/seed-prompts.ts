import { deployVersion, undeploy } from '../change-file.ts';
import type { PromptFile } from '../file.ts';
import { upsertPrompt } from '../upsert-prompt.ts';
import type { Planting } from './planting.ts';
import type { UseCase } from './use-case.ts';

function versionCount(name: string, position: number): number {
  return name === 'Support reply' ? 30 : 2 + (position % 5);
}

function deploySome(planting: Planting, file: PromptFile, position: number): void {
  const [standard, other] = planting.tenant.environments;
  const newest = file.versions.at(-1);
  const before = file.versions.at(-2);
  if (standard === undefined || newest === undefined || before === undefined) return;
  if (position % 3 !== 0) deployVersion(file, standard, before.id, file.updatedAt);
  if (position % 4 === 1) deployVersion(file, standard, newest.id, file.updatedAt);
  if (position % 2 === 0 && other !== undefined) deployVersion(file, other, newest.id, file.updatedAt);
  if (position % 13 === 9) undeploy(file, standard, file.updatedAt);
}

/** Plants one prompt with its versions and deployments. */
export function seedPrompt(planting: Planting, useCase: UseCase, name: string, position: number): void {
  const { tenant, random, calendar } = planting;
  const versions = versionCount(name, position);
  const [tool] = tenant.tools;
  const linked = name.endsWith('agent') && tool !== undefined ? { linked_tools: [tool.id] } : {};
  let moment = calendar.after(planting.start + (position + 0.5) * planting.spacing, 1);

  for (let revision = 0; revision < versions; revision += 1) {
    const { file, version } = upsertPrompt(planting.writeContext(moment), {
      // Each prompt starts at another place of the settings' cycle.
      ...useCase.kernel(position + revision),
      ...linked,
      ...(position % 5 === 2 ? { attributes: { ticket: `EVAL-${100 + position}` } } : {}),
      path: `${useCase.directory}/${name}`,
      version_name: revision % 2 === 1 ? `${name.toLowerCase()} ${revision + 1}` : null,
      version_description: revision % 2 === 1 ? 'Raised the score of the judge.' : null,
      description: `${name} of ${useCase.directory}.`,
      tags: position % 2 === 0 ? [...useCase.tags] : null,
      readme: position % 6 === 0 ? `# ${name}\n\nAsk before you change the tone.` : null,
    });
    version.lastUsedAt = calendar.after(moment, 2);
    version.logsCount = random.below(4000);
    if (revision === versions - 1) deploySome(planting, file, position);
    moment = calendar.after(moment, 6);
  }
}
