import { type InputIssue, InvalidInputError } from '../../domain/errors.ts';
import { itemFields } from './datapoint-content.ts';

type Path = readonly string[];

/** As many issues as one error tells: an edit may hold thousands of items that are wrong in the same way. */
const mostIssues = 100;

/** Throws InvalidInputError when there is anything wrong. */
export function refuseIssues(issues: readonly InputIssue[]): void {
  const [first] = issues;
  if (first === undefined) return;
  const more = issues.length === 1 ? '' : ` (and ${issues.length - 1} more)`;
  throw new InvalidInputError(
    `\`${first.path.join('.')}\` ${first.message}${more}. Nothing was written.`,
    issues.slice(0, mostIssues),
  );
}

/**
 * From a place in the body of an upsert to the place in the caller's input: `originOf` tells where the datapoint of
 * an index is from, `otherwise` what other members are of.
 */
export function itemPlaces(
  originOf: (index: number) => Path | undefined,
  otherwise: (rest: Path) => Path | undefined = () => undefined,
): (place: Path) => Path | undefined {
  return ([root, member, index, field, ...rest]) => {
    if (root !== 'body' || member === undefined) return undefined;
    if (member !== 'datapoints' || index === undefined) {
      return otherwise([member, ...(index === undefined ? [] : [index])]);
    }
    const origin = originOf(Number(index));
    if (origin === undefined || field === undefined) return origin;
    return [...origin, itemFields[field] ?? field, ...rest];
  };
}
