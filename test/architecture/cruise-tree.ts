import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult, type IFlattenedRuleSet, type IResolveOptions } from 'dependency-cruiser';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';

export const root = join(import.meta.dirname, '../..');

/** The import rule as the repository holds it. */
export async function readRules() {
  const { forbidden = [], options } = await extractConfig(join(root, '.dependency-cruiser.mjs'));
  return { forbidden, options };
}

/** An import that a rule does not allow. */
export interface Finding {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** Holds the rules against the folders of a tree. */
export async function cruiseTree(baseDir: string, folders: readonly string[]): Promise<readonly Finding[]> {
  const { forbidden, options } = await readRules();
  const { enhancedResolveOptions, tsConfig: _ofTheRepository, ...others } = options ?? {};
  const ruleSet: IFlattenedRuleSet = { forbidden };
  const resolve: Partial<IResolveOptions> = { ...enhancedResolveOptions };
  const { output } = await cruise([...folders], { ...others, baseDir, ruleSet, validate: true }, resolve);
  // A string only where a reporter is asked for.
  const { summary } = output as ICruiseResult;
  return summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

/** Files in a folder of their own, by path; gone when disposed of. */
export async function writeTree(
  files: ReadonlyMap<string, string>,
): Promise<{ readonly path: string; [Symbol.asyncDispose](): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'lockstep-tree-'));
  for (const [name, text] of files) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
