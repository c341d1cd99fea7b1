import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
  visit,
} from 'graphql';
import { TooExpensiveError } from '../domain/errors.ts';
import type { FieldCost } from '../resolvers/costs/weight.ts';
import { costOf } from '../schema/cost.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** A field with its arguments, however often and under whatever names it is asked for at its place. */
export interface PlannedField {
  readonly field: GraphQLField<unknown, unknown>;
  /** One of the nodes: all have the same arguments. */
  readonly node: FieldNode;
  readonly cost: FieldCost | undefined;
  readonly isLookedAt: boolean;
  /** What is selected below, by the type that it is selected of; without what costs nothing. */
  readonly below: ReadonlyMap<string, PlannedSelection>;
}

/** What of a selection costs something. */
export interface PlannedSelection {
  readonly id: number;
  readonly typeName: string;
  readonly fields: readonly PlannedField[];
}

/** Selections that one operation may be made of; far more than any within the limits on depth and aliases. Ours. */
const mostSelections = 2_000;

/** The variables that decide what is skipped and what is included. */
export function conditionsOf(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ name, arguments: given = [] }) => {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/**
 * Plans what an operation costs, for one set of values of its conditions. Selections that are the same are planned once,
 * so that fragments which spread fragments cost no more than they are long.
 */
export class Planner {
  readonly #schema: GraphQLSchema;
  readonly #variables: Variables;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #ids = new Map<SelectionSetNode, number>();
  readonly #planned = new Map<string, PlannedSelection | undefined>();
  readonly #printed = new Map<FieldNode, string>();

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
    this.#schema = schema;
    this.#variables = variables;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.#fragments.set(definition.name.value, definition);
    }
  }

  /** Undefined for an operation that costs nothing. Throws TooExpensiveError for one that cannot be planned. */
  plan({ operation, selectionSet }: OperationDefinitionNode): PlannedSelection | undefined {
    const root = this.#schema.getRootType(operation);
    return root === undefined || root === null ? undefined : this.#planSets(root, [selectionSet]);
  }

  #planSets(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): PlannedSelection | undefined {
    const key = `${type.name} ${[...new Set(sets.map((set) => this.#idOf(set)))].sort((a, b) => a - b).join()}`;
    if (this.#planned.has(key)) return this.#planned.get(key);
    if (this.#planned.size >= mostSelections) {
      throw new TooExpensiveError(
        `This operation has more than the ${mostSelections} selections whose cost is counted. Ask for less at a time.`,
        mostSelections,
      );
    }
    const id = this.#planned.size;
    // Its place, so that what is below is counted too.
    this.#planned.set(key, undefined);
    const groups = new Map<string, FieldNode[]>();
    const seen = new Set<string>();
    for (const set of sets) this.#collect(type, set, groups, seen);
    const fields: PlannedField[] = [];
    for (const nodes of groups.values()) {
      const planned = this.#planField(type, nodes);
      if (planned !== undefined) fields.push(planned);
    }
    const selection = fields.length === 0 ? undefined : { id, typeName: type.name, fields };
    this.#planned.set(key, selection);
    return selection;
  }

  #planField(type: GraphQLObjectType, nodes: readonly FieldNode[]): PlannedField | undefined {
    const [node] = nodes;
    const field = node === undefined ? undefined : type.getFields()[node.name.value];
    if (node === undefined || field === undefined) return undefined;
    const cost = costOf(field);
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const below = new Map<string, PlannedSelection>();
    if (sets.length > 0) {
      for (const possible of this.#typesOf(field)) {
        const selection = this.#planSets(possible, sets);
        if (selection !== undefined) below.set(possible.name, selection);
      }
    }
    const costsNothing = cost === undefined || cost.per === 'free' || cost.per === 'rows';
    if (costsNothing && below.size === 0) return undefined;
    const looksFor = cost !== undefined && 'looksFor' in cost ? (cost.looksFor ?? []) : [];
    return { field, node, cost, below, isLookedAt: looksFor.some((path) => this.#selects(sets, path)) };
  }

  #typesOf(field: GraphQLField<unknown, unknown>): readonly GraphQLObjectType[] {
    const type = getNamedType(field.type);
    if (isObjectType(type)) return [type];
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [];
  }

  /** The fields of a type that are in a set, by name and arguments. */
  #collect(
    type: GraphQLObjectType,
    set: SelectionSetNode,
    groups: Map<string, FieldNode[]>,
    seen: Set<string>,
  ): void {
    for (const selection of set.selections) {
      if (!this.#isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = this.#print(selection);
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [selection]);
        else group.push(selection);
        continue;
      }
      const inner = this.#spread(selection, seen);
      if (inner !== undefined && this.#applies(type, inner.condition)) {
        this.#collect(type, inner.set, groups, seen);
      }
    }
  }

  /** Whether a path is selected of any type, as resolvers look for it. */
  #selects(sets: readonly SelectionSetNode[], [name, ...rest]: readonly string[]): boolean {
    if (name === undefined) return true;
    const next: SelectionSetNode[] = [];
    let isFound = false;
    const seen = new Set<string>();
    const look = (set: SelectionSetNode): void => {
      for (const selection of set.selections) {
        if (!this.#isIncluded(selection)) continue;
        if (selection.kind !== Kind.FIELD) {
          const inner = this.#spread(selection, seen);
          if (inner !== undefined) look(inner.set);
        } else if (selection.name.value === name) {
          isFound = true;
          if (selection.selectionSet !== undefined) next.push(selection.selectionSet);
        }
      }
    };
    for (const set of sets) look(set);
    return isFound && this.#selects(next, rest);
  }

  /** The set of a fragment; undefined for one that was spread at this place before. */
  #spread(selection: Exclude<SelectionNode, FieldNode>, seen: Set<string>) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return { set: selection.selectionSet, condition: selection.typeCondition };
    }
    const name = selection.name.value;
    const fragment = seen.has(name) ? undefined : this.#fragments.get(name);
    seen.add(name);
    return fragment && { set: fragment.selectionSet, condition: fragment.typeCondition };
  }

  #applies(type: GraphQLObjectType, condition: FragmentDefinitionNode['typeCondition'] | undefined): boolean {
    if (condition === undefined) return true;
    const wanted = typeFromAST(this.#schema, condition);
    return wanted === type || (isAbstractType(wanted) && this.#schema.isSubType(wanted, type));
  }

  #isIncluded(selection: { readonly directives?: readonly DirectiveNode[] | undefined }): boolean {
    const { directives = [] } = selection;
    if (directives.length === 0) return true;
    const node = { directives };
    return (
      getDirectiveValues(GraphQLSkipDirective, node, this.#variables)?.['if'] !== true &&
      getDirectiveValues(GraphQLIncludeDirective, node, this.#variables)?.['if'] !== false
    );
  }

  #idOf(set: SelectionSetNode): number {
    const known = this.#ids.get(set);
    if (known !== undefined) return known;
    this.#ids.set(set, this.#ids.size);
    return this.#ids.size - 1;
  }

  #print(node: FieldNode): string {
    const { name, arguments: given = [] } = node;
    if (given.length === 0) return name.value;
    let printed = this.#printed.get(node);
    if (printed === undefined) {
      printed = `${name.value} ${given.map(print).sort().join()}`;
      this.#printed.set(node, printed);
    }
    return printed;
  }
}
