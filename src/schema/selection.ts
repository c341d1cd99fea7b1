import {
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

function isTakenOut(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return false;
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.['if'] === true ||
    getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.['if'] === false
  );
}

/** Whether a field of that name is in the set; what is selected below it is added to `out`. */
function isSelected(
  set: SelectionSetNode,
  name: string,
  info: GraphQLResolveInfo,
  out: SelectionSetNode[],
  seen: Set<string>,
): boolean {
  let found = false;
  for (const selection of set.selections) {
    if (isTakenOut(selection, info)) continue;
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value !== name) continue;
      found = true;
      if (selection.selectionSet !== undefined) out.push(selection.selectionSet);
      continue;
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      // As in execution: a second time it adds nothing, and fragments that spread others twice would never end.
      if (seen.has(selection.name.value)) continue;
      seen.add(selection.name.value);
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : info.fragments[selection.name.value]?.selectionSet;
    if (inner !== undefined && isSelected(inner, name, info, out, seen)) found = true;
  }
  return found;
}

/** Whether a path of fields is selected below the field that is being resolved, through fragments. */
export function selects(info: GraphQLResolveInfo, ...path: readonly string[]): boolean {
  let sets: SelectionSetNode[] = [];
  for (const node of info.fieldNodes) if (node.selectionSet !== undefined) sets.push(node.selectionSet);
  for (const name of path) {
    const next: SelectionSetNode[] = [];
    const seen = new Set<string>();
    let found = false;
    for (const set of sets) if (isSelected(set, name, info, next, seen)) found = true;
    if (!found) return false;
    sets = next;
  }
  return true;
}
