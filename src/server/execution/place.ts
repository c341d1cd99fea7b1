import type { GraphQLResolveInfo } from 'graphql';
import type { ResolvedField } from './plan-types.ts';

/** What holds a part of the answer: an object by keys, or a list by indexes. */
export type Holder = Record<string | number, unknown>;

type Path = GraphQLResolveInfo['path'];

/** Where in the answer a value goes. Made only for what is an object, a list, waited for or has failed. */
export class Place {
  /** The place of what holds this; undefined at the top. */
  readonly above: Place | undefined;
  readonly holder: Holder;
  readonly key: string | number;
  readonly field: ResolvedField;
  readonly isNonNull: boolean;
  /** It is null for an error: nothing below it is told of. */
  isNulled = false;

  constructor(
    above: Place | undefined,
    holder: Holder,
    key: string | number,
    field: ResolvedField,
    isNonNull: boolean,
  ) {
    this.above = above;
    this.holder = holder;
    this.key = key;
    this.field = field;
    this.isNonNull = isNonNull;
  }

  /** As graphql-js gives it to resolvers. */
  get path(): Path {
    const typename = typeof this.key === 'number' ? undefined : this.field.parent.name;
    return { prev: this.above?.path, key: this.key, typename };
  }

  /** As it stands in errors. */
  get steps(): readonly (string | number)[] {
    const steps: (string | number)[] = [];
    for (let place: Place | undefined = this; place !== undefined; place = place.above) steps.push(place.key);
    return steps.reverse();
  }

  /** Whether it, or what it is in, is null for an error already. */
  get isLost(): boolean {
    for (let place: Place | undefined = this; place !== undefined; place = place.above) {
      if (place.isNulled) return true;
    }
    return false;
  }
}
