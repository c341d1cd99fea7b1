import type { Context } from '../../context.ts';
import { parseIdOf, type ResourceKey } from '../../domain/identity.ts';
import type { Json } from '../../domain/json.ts';
import type { PromptContent, PromptVersion } from '../../domain/prompt.ts';
import {
  currentPromptVersion,
  latestPromptVersion,
  promptVersion,
  promptVersionConfig,
  promptVersionContent,
} from '../prompts.ts';
import { found, partOf, readText } from '../vendor-call.ts';
import { isObject, type JsonObject } from './canonical-json.ts';
import { pointersOf } from './json-pointers.ts';
import { textsOf } from './prompt-text.ts';
import { type SideName, tellingSide } from './sides.ts';
import { unifiedDiff } from './unified-diff.ts';

export interface PromptVersionInput {
  readonly promptId: string;
  readonly versionRef?: string | null | undefined;
}

export interface PromptDiff {
  readonly base: PromptVersion;
  readonly head: PromptVersion;
  readonly identical: boolean;
  readonly unified: string;
  readonly configPaths: readonly string[];
}

interface NamedVersion {
  readonly side: SideName;
  readonly prompt: ResourceKey<'PROMPT'>;
  readonly ref: string | undefined;
}

interface PromptSide {
  readonly version: PromptVersion;
  readonly content: PromptContent | null;
  readonly config: Json;
}

/** Throws for what cannot be compared, before anything is asked of a vendor. */
function readInput(context: Context, side: SideName, input: PromptVersionInput): NamedVersion {
  const prompt = parseIdOf('PROMPT', input.promptId, [side, 'promptId']);
  const ref = input.versionRef ?? undefined;
  if (ref !== undefined) readText(ref, [side, 'versionRef']);
  partOf(context, prompt, 'prompts', (source) => source.prompts);
  return { side, prompt, ref };
}

/** The version that is meant where none is named: what a plain read gives, the newest where that gives nothing. */
async function plainVersion(context: Context, key: ResourceKey<'PROMPT'>): Promise<PromptVersion> {
  const prompt = found(await context.loaders.prompt.load(key), key);
  const current = await currentPromptVersion(context, prompt, true);
  return found(current ?? (await latestPromptVersion(context, prompt, true)), key);
}

function readSide(context: Context, { side, prompt, ref }: NamedVersion): Promise<PromptSide> {
  return tellingSide(side, async () => {
    const version = await (ref === undefined
      ? plainVersion(context, prompt)
      : promptVersion(context, prompt, { ref }));
    const [content, config] = await Promise.all([
      promptVersionContent(context, version),
      promptVersionConfig(context, version),
    ]);
    return { version, content, config };
  });
}

/** No settings are the same as empty ones: what is set then is what differs. */
function settingsOf(config: Json): JsonObject | undefined {
  return config === null ? {} : isObject(config) ? config : undefined;
}

function comparedConfigs(base: Json, head: Json): readonly string[] {
  const [before, after] = [settingsOf(base), settingsOf(head)];
  if (before !== undefined && after !== undefined) return pointersOf(before, after);
  // No vendor keeps settings that are no object; were there any, they stand below no name.
  return pointersOf({ '': base }, { '': head }).map((pointer) => pointer.slice(1));
}

/** Compares two versions, of one prompt or of two, of any vendors. */
export async function diffPrompts(
  context: Context,
  input: { readonly base: PromptVersionInput; readonly head: PromptVersionInput },
): Promise<PromptDiff> {
  const named = [readInput(context, 'base', input.base), readInput(context, 'head', input.head)] as const;
  const [base, head] = await Promise.all([readSide(context, named[0]), readSide(context, named[1])]);
  const [before, after] = textsOf(base.content, head.content);
  const unified = unifiedDiff(
    { ref: base.version.ref, text: before },
    { ref: head.version.ref, text: after },
  );
  const configPaths = comparedConfigs(base.config, head.config);
  return {
    base: base.version,
    head: head.version,
    identical: unified === '' && configPaths.length === 0,
    unified,
    configPaths,
  };
}
