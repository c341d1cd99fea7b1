import type { InputIssue } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { maximumLabels, maximumVersionDescription } from './limits.ts';
import { lengthOf, refuseAll } from './refusals.ts';
import type { Body } from './write-client.ts';

/** What a version has besides its content; PostHog's older servers have none of it. */
export interface PromptExtras {
  /** Undefined: as it is. */
  readonly config: Json | undefined;
  readonly description: string | undefined;
  readonly labels: readonly string[];
}

/** The members of a server's rows that show what it can keep: an absent one it does not know. */
interface Shown {
  readonly config?: Json | undefined;
  readonly version_description?: string | null | undefined;
  readonly labels?: readonly string[] | null | undefined;
}

export function extrasOf(input: {
  readonly config?: Json | undefined;
  readonly description?: string | undefined;
  readonly labels?: readonly string[] | undefined;
}): PromptExtras {
  const { config, description, labels = [] } = input;
  return { config, description: description?.trim() === '' ? undefined : description, labels };
}

export function hasExtras({ config, description, labels }: PromptExtras): boolean {
  return config !== undefined || description !== undefined || labels.length > 0;
}

function labelIssue(label: string): string | undefined {
  if (label === '' || label !== label.toLowerCase()) return 'must be in lower case and not empty';
  if (label === 'latest') return '`latest` is not a label of its own';
  // It would be a path of its own, and no server keeps it.
  if (label === '.' || label === '..') return 'is not a name';
  return /^\d+$/.test(label) ? 'must not be digits only' : undefined;
}

/** Throws for extras that no server takes. */
export function checkExtras({ config, description, labels }: PromptExtras): void {
  const issues: InputIssue[] = [];
  const add = (path: readonly string[], message: string, code: string): void => {
    issues.push({ path, message, code });
  };
  if (config !== undefined && config !== null && (typeof config !== 'object' || Array.isArray(config))) {
    add(['config'], 'must be an object', 'INVALID_TYPE');
  }
  if (lengthOf(description ?? '') > maximumVersionDescription) {
    add(['description'], `must have at most ${maximumVersionDescription} characters`, 'TOO_LONG');
  }
  if (labels.length > maximumLabels) add(['labels'], `a prompt has at most ${maximumLabels}`, 'TOO_MANY');
  const seen = new Set<string>();
  for (const [index, label] of labels.entries()) {
    const wrong = seen.has(label) ? 'is given twice' : labelIssue(label);
    if (wrong !== undefined) add(['labels', String(index)], wrong, 'INVALID_FORMAT');
    seen.add(label);
  }
  refuseAll(issues);
}

/** Which of the extras a server that sent this row would drop, or has dropped, without a word. */
export function droppedExtras(extras: PromptExtras, row: Shown): readonly InputIssue[] {
  const dropped: string[] = [];
  if (extras.config !== undefined && row.config === undefined) dropped.push('config');
  if (extras.description !== undefined && row.version_description === undefined) dropped.push('description');
  if (extras.labels.length > 0 && row.labels === undefined) dropped.push('labels');
  return dropped.map((field) => ({
    path: [field],
    message: 'this PostHog server is of a generation that does not have it',
    code: 'UNSUPPORTED',
  }));
}

/** Labels are set by themselves, once there is a version. */
export function extrasBody({ config, description }: PromptExtras): Body {
  return { config, version_description: description };
}
