import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getArgumentValues,
  isObjectType,
  locatedError,
} from 'graphql';
import { type Holder, Place } from './place.ts';
import type { PlanSource } from './plan.ts';
import type {
  AbstractType,
  Arguments,
  ResolvedField,
  SelectionPlan,
  Shape,
  Variables,
} from './plan-types.ts';

function isThenable(value: unknown): value is PromiseLike<unknown> {
  // A member of any object may be read, and this is called for every value.
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

/** What resolvers are told of where they are; made for those that ask, and read where they look. */
class ResolveInfo implements GraphQLResolveInfo {
  readonly #run: Run;
  readonly #place: Place;

  constructor(run: Run, place: Place) {
    this.#run = run;
    this.#place = place;
  }

  get fieldName() {
    return this.#place.field.name;
  }
  get fieldNodes() {
    return this.#place.field.nodes;
  }
  get returnType() {
    return this.#place.field.field.type;
  }
  get parentType() {
    return this.#place.field.parent;
  }
  get path() {
    return this.#place.path;
  }
  get schema() {
    return this.#run.source.schema;
  }
  get fragments() {
    return this.#run.source.fragments;
  }
  get rootValue() {
    return undefined;
  }
  get operation() {
    return this.#run.source.operation;
  }
  get variableValues() {
    // The type of graphql-js lets resolvers write to it; those here do not.
    return this.#run.variables as Record<string, unknown>;
  }
}

/** One execution of a plan, as graphql-js would execute its operation. */
class Run {
  readonly source: PlanSource;
  readonly variables: Variables;
  readonly errors: GraphQLError[] = [];
  readonly #context: unknown;
  readonly #arguments = new Map<ResolvedField, Arguments>();
  /** What is waited for. */
  #waiting = 0;
  #isRootLost = false;
  #settle: (() => void) | undefined;

  constructor(source: PlanSource, variables: Variables, context: unknown) {
    this.source = source;
    this.variables = variables;
    this.#context = context;
  }

  start(plan: SelectionPlan): ExecutionResult | Promise<ExecutionResult> {
    const data: Holder = {};
    this.#select(undefined, plan, undefined, data);
    if (this.#waiting === 0) return this.#result(data);
    return new Promise((resolve) => {
      this.#settle = () => resolve(this.#result(data));
    });
  }

  #result(data: Holder): ExecutionResult {
    const answered = this.#isRootLost ? null : data;
    return this.errors.length === 0 ? { data: answered } : { errors: this.errors, data: answered };
  }

  /** Fills an object; false when a field of it that may not be null has failed, so that it is lost. */
  #select(
    above: Place | undefined,
    { type, fields }: SelectionPlan,
    value: unknown,
    holder: Holder,
  ): boolean {
    for (const field of fields) {
      if (field.kind === 'typename') holder[field.key] = type.name;
      else if (!this.#resolve(above, field, value, holder) && field.shape.isNonNull) return false;
    }
    return true;
  }

  #resolve(above: Place | undefined, field: ResolvedField, value: unknown, holder: Holder): boolean {
    const { key, shape } = field;
    try {
      const result = this.#call(above, field, value, holder);
      if (shape.kind === 'leaf' && typeof result !== 'object') {
        if (result !== undefined) {
          holder[key] = serialize(shape.type, result);
          return true;
        }
        if (!shape.isNonNull) {
          holder[key] = null;
          return true;
        }
      }
      return this.#complete(new Place(above, holder, key, field, shape.isNonNull), shape, result);
    } catch (error) {
      return this.#fail(new Place(above, holder, key, field, shape.isNonNull), error);
    }
  }

  /** What a field's resolver gives. */
  #call(above: Place | undefined, field: ResolvedField, value: unknown, holder: Holder): unknown {
    const info = (): ResolveInfo =>
      new ResolveInfo(this, new Place(above, holder, field.key, field, field.shape.isNonNull));
    if (field.resolve !== undefined) {
      // Its own function says that it takes no info.
      const told = field.needsInfo ? info() : (undefined as unknown as ResolveInfo);
      return field.resolve(value, this.#argumentsOf(field), this.#context, told);
    }
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
    // A member of anything may be read; what it is is seen to below.
    const member = (value as Readonly<Record<string, unknown>>)[field.name];
    if (typeof member !== 'function') return member;
    // As the default resolver of graphql-js calls it: with its object.
    return member.call(value, this.#argumentsOf(field), this.#context, info());
  }

  #argumentsOf(field: ResolvedField): Record<string, unknown> {
    let given = field.arguments ?? this.#arguments.get(field);
    if (given === undefined) {
      given = getArgumentValues(field.field, field.node, this.variables);
      this.#arguments.set(field, given);
    }
    // As above: resolvers here do not write to what they are given.
    return given as Record<string, unknown>;
  }

  /** Puts a value in its place; false when it is lost. */
  #complete(place: Place, shape: Shape, value: unknown): boolean {
    if (isThenable(value)) {
      this.#wait(place, value, (settled) => this.#complete(place, shape, settled));
      return true;
    }
    try {
      if (value instanceof Error) throw value;
      if (value === null || value === undefined) {
        if (shape.isNonNull) throw isNull(place);
        place.holder[place.key] = null;
        return true;
      }
      switch (shape.kind) {
        case 'leaf':
          place.holder[place.key] = serialize(shape.type, value);
          return true;
        case 'list':
          return this.#list(place, shape.item, value);
        case 'object':
          return this.#object(place, shape.selection, value);
        case 'abstract':
          return this.#abstract(place, shape.type, value);
      }
    } catch (error) {
      return this.#fail(place, error);
    }
  }

  #object(place: Place, selection: SelectionPlan, value: unknown): boolean {
    const holder: Holder = {};
    place.holder[place.key] = holder;
    return this.#select(place, selection, value, holder);
  }

  #list(place: Place, item: Shape, value: unknown): boolean {
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
      const where = `${place.field.parent.name}.${place.field.name}`;
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${where}".`);
    }
    const list: unknown[] = [];
    place.holder[place.key] = list;
    // A list is held by its indexes.
    const holder = list as unknown as Holder;
    // The check above found its iterator.
    for (const entry of value as Iterable<unknown>) {
      const child = new Place(place, holder, list.length, place.field, item.isNonNull);
      // It has its place while it is waited for.
      list.push(null);
      if (!this.#complete(child, item, entry) && item.isNonNull) return false;
    }
    return true;
  }

  #abstract(place: Place, { type, select }: AbstractType, value: unknown): boolean {
    const { resolveType } = type;
    const info = new ResolveInfo(this, place);
    // Plans are made only for schemas whose abstract types say which type a value is of.
    const name: unknown = resolveType?.(value, this.#context, info, type);
    const complete = (told: unknown): boolean =>
      this.#object(place, select(this.#typeOf(place, type, told)), value);
    if (!isThenable(name)) return complete(name);
    this.#wait(place, name, (told) => {
      try {
        return complete(told);
      } catch (error) {
        return this.#fail(place, error);
      }
    });
    return true;
  }

  #typeOf({ field }: Place, type: AbstractType['type'], name: unknown): GraphQLObjectType {
    const { schema } = this.source;
    const runtimeType = typeof name === 'string' ? schema.getType(name) : undefined;
    if (isObjectType(runtimeType) && schema.isSubType(type, runtimeType)) return runtimeType;
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to one of its Object types at runtime for field "${field.parent.name}.${field.name}".`,
      { nodes: field.nodes },
    );
  }

  #wait(place: Place, promise: PromiseLike<unknown>, complete: (value: unknown) => boolean): void {
    // Keeps the order of the answer.
    place.holder[place.key] = null;
    this.#waiting += 1;
    promise.then(
      (value) => {
        complete(value);
        this.#arrived();
      },
      (error: unknown) => {
        this.#fail(place, error);
        this.#arrived();
      },
    );
  }

  #arrived(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#settle?.();
  }

  /** Tells of an error where nothing above is lost yet, and makes null the nearest place that may be. */
  #fail(place: Place, error: unknown): false {
    const located = locatedError(error, [...place.field.nodes], place.steps);
    let nulled: Place | undefined = place;
    while (nulled?.isNonNull) nulled = nulled.above;
    if (this.#isRootLost || nulled?.isLost) return false;
    this.errors.push(located);
    if (nulled === undefined) {
      this.#isRootLost = true;
      return false;
    }
    nulled.isNulled = true;
    nulled.holder[nulled.key] = null;
    return false;
  }
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value);
  if (serialized !== undefined && serialized !== null) return serialized;
  throw new Error(
    `Expected \`${type.name}.serialize\` to return non-nullable value, returned: ${String(serialized)}`,
  );
}

function isNull({ field }: Place): Error {
  return new Error(`Cannot return null for non-nullable field ${field.parent.name}.${field.name}.`);
}

/** Executes a query by its plan. Gives a promise only where something is waited for. */
export function runPlan(
  source: PlanSource,
  plan: SelectionPlan,
  variables: Variables,
  context: unknown,
): ExecutionResult | Promise<ExecutionResult> {
  return new Run(source, variables, context).start(plan);
}
