import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  OperationTypeNode,
} from 'graphql';
import { conditionsOf, type PlanSource, planOf } from './plan.ts';
import type { SelectionPlan, Variables } from './plan-types.ts';
import { runPlan } from './run-plan.ts';

/** Plans that are kept of one operation, for the values of the variables that decide what is selected. */
const mostPlans = 16;

export interface PlannedExecution {
  readonly operationName: string | undefined;
  readonly variables: Variables | undefined;
  readonly context: unknown;
}

interface Planned {
  readonly source: PlanSource;
  readonly conditions: readonly string[];
  readonly plans: Map<string, SelectionPlan>;
}

/** The queries of a document, which are executed by plans that are made once. */
export class PlannedOperations {
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  /** By name; undefined for one that is executed in another way. */
  readonly #operations = new Map<string | undefined, Planned | undefined>();

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    this.#schema = schema;
    this.#document = document;
  }

  /** The result of a valid query, or undefined where graphql-js is to execute it. */
  execute(execution: PlannedExecution): ExecutionResult | Promise<ExecutionResult> | undefined {
    const { operationName, variables = {}, context } = execution;
    const planned = this.#plannedOf(operationName);
    if (planned === undefined) return undefined;
    const { source } = planned;
    const definitions = source.operation.variableDefinitions ?? [];
    const { coerced, errors } = getVariableValues(this.#schema, definitions, variables, { maxErrors: 50 });
    if (errors !== undefined) return { errors };
    const plan = this.#planFor(planned, coerced);
    return plan === undefined ? undefined : runPlan(source, plan, coerced, context);
  }

  #plannedOf(name: string | undefined): Planned | undefined {
    if (this.#operations.has(name)) return this.#operations.get(name);
    const planned = this.#prepare(name);
    // Names that no operation has are not kept.
    if (planned !== undefined) this.#operations.set(name, planned);
    return planned;
  }

  #prepare(name: string | undefined): Planned | undefined {
    const operation = getOperationAST(this.#document, name);
    if (operation?.operation !== OperationTypeNode.QUERY) return undefined;
    const fragments: Record<string, FragmentDefinitionNode> = {};
    for (const definition of this.#document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    }
    const source: PlanSource = { schema: this.#schema, operation, fragments };
    const conditions = conditionsOf(source);
    return conditions === undefined ? undefined : { source, conditions, plans: new Map() };
  }

  #planFor({ source, conditions, plans }: Planned, variables: Variables): SelectionPlan | undefined {
    const key = conditions.map((name) => String(variables[name])).join(' ');
    const known = plans.get(key);
    if (known !== undefined) return known;
    const plan = planOf(source, variables);
    if (plan !== undefined && plans.size < mostPlans) plans.set(key, plan);
    return plan;
  }
}
