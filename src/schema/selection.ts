import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

function selectedSets(
  set: SelectionSetNode,
  name: string,
  info: GraphQLResolveInfo,
  out: SelectionSetNode[],
): boolean {
  let found = false;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      if (selection.name.value !== name) continue;
      found = true;
      if (selection.selectionSet !== undefined) out.push(selection.selectionSet);
      continue;
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : info.fragments[selection.name.value]?.selectionSet;
    if (inner !== undefined && selectedSets(inner, name, info, out)) found = true;
  }
  return found;
}

/**
 * Whether a path of fields is selected below the field that is being resolved, through fragments. A field that
 * `@skip` or `@include` takes out counts as selected: at worst more is read than needed.
 */
export function selects(info: GraphQLResolveInfo, ...path: readonly string[]): boolean {
  let sets: SelectionSetNode[] = [];
  for (const node of info.fieldNodes) if (node.selectionSet !== undefined) sets.push(node.selectionSet);
  for (const name of path) {
    const next: SelectionSetNode[] = [];
    let found = false;
    for (const set of sets) if (selectedSets(set, name, info, next)) found = true;
    if (!found) return false;
    sets = next;
  }
  return true;
}
