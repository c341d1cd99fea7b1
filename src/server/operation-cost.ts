import { type DocumentNode, type GraphQLSchema, getOperationAST, getVariableValues } from 'graphql';
import { TooExpensiveError } from '../domain/errors.ts';
import type { SourceSlot } from '../sources/source.ts';
import { conditionsOf, type PlannedSelection, Planner, type Variables } from './operation-plan.ts';
import { Weigher } from './operation-weight.ts';

/** What an operation costs at worst, and how much it may: `extensions.cost`. In calls to vendors. */
export interface OperationCost {
  readonly estimate: number;
  readonly limit: number;
}

export interface CostOptions {
  readonly schema: GraphQLSchema;
  /** Most calls that an operation may cost at worst. */
  readonly limit: number;
}

/** A request, as far as its cost goes. */
export interface CostRequest {
  /** Valid. */
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Variables | undefined;
  readonly slots: readonly SourceSlot[];
}

/** Plans that are kept of one document, for the values that its conditions had. Ours. */
const plansKept = 16;

interface DocumentPlans {
  readonly conditions: readonly string[];
  readonly plans: Map<string, PlannedSelection | undefined>;
}

/** Estimates what operations cost before they are executed. What a document costs whatever its variables is found once. */
export class OperationCosts {
  readonly #schema: GraphQLSchema;
  readonly #limit: number;
  readonly #documents = new WeakMap<DocumentNode, DocumentPlans>();

  constructor(options: CostOptions) {
    this.#schema = options.schema;
    this.#limit = options.limit;
  }

  /**
   * The cost of an operation; of a subscription, that of one event. Throws TooExpensiveError above the limit. An
   * operation whose variables do not fit costs nothing: it is not executed.
   */
  check(request: CostRequest): OperationCost {
    const { estimate, heaviest } = this.#weigh(request);
    if (estimate <= this.#limit) return { estimate, limit: this.#limit };
    const most =
      heaviest === undefined ? '' : ` Most of them, ${heaviest.calls}, are for \`${heaviest.path}\`.`;
    throw new TooExpensiveError(
      `This operation may need ${estimate} calls to vendors, and at most ${this.#limit} are allowed.${most} Ask for less at a time: a smaller \`first\`, fewer ids, or that field on one thing alone.`,
      this.#limit,
      estimate,
    );
  }

  #weigh({ document, operationName, variables: given, slots }: CostRequest) {
    const operation = getOperationAST(document, operationName);
    if (operation === null || operation === undefined) return { estimate: 0, heaviest: undefined };
    let plans = this.#documents.get(document);
    if (plans === undefined) {
      plans = { conditions: conditionsOf(document), plans: new Map() };
      this.#documents.set(document, plans);
    }
    let variables: Variables | undefined;
    const coerce = (): Variables | undefined => {
      // What does not fit is told when it is executed.
      variables ??= getVariableValues(this.#schema, operation.variableDefinitions ?? [], given ?? {}).coerced;
      return variables;
    };
    const conditions = plans.conditions.length === 0 ? {} : coerce();
    if (conditions === undefined) return { estimate: 0, heaviest: undefined };
    const key = JSON.stringify([
      operationName ?? null,
      ...plans.conditions.map((name) => conditions[name] === true),
    ]);
    let plan = plans.plans.get(key);
    if (!plans.plans.has(key)) {
      plan = new Planner(this.#schema, document, conditions).plan(operation);
      if (plans.plans.size < plansKept) plans.plans.set(key, plan);
    }
    const values = plan === undefined ? undefined : coerce();
    if (plan === undefined || values === undefined) return { estimate: 0, heaviest: undefined };
    return new Weigher(slots, values).weigh(plan);
  }
}
