import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLFieldResolver,
  GraphQLInterfaceType,
  GraphQLLeafType,
  GraphQLObjectType,
  GraphQLUnionType,
} from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;
export type Arguments = Readonly<Record<string, unknown>>;
export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** What is selected of a type, each field with all that is known of it before it is executed. */
export interface SelectionPlan {
  readonly type: GraphQLObjectType;
  /** In the order of the answer. */
  readonly fields: readonly FieldPlan[];
}

interface PlannedField {
  /** Its name in the answer. */
  readonly key: string;
  readonly name: string;
  readonly nodes: readonly FieldNode[];
  readonly parent: GraphQLObjectType;
}

export interface ResolvedField extends PlannedField {
  readonly kind: 'field';
  readonly field: GraphQLField<unknown, unknown>;
  /** The first of its nodes, which has its arguments. */
  readonly node: FieldNode;
  /** Undefined where it is the member of that name. */
  readonly resolve: GraphQLFieldResolver<unknown, unknown> | undefined;
  readonly needsInfo: boolean;
  /** Undefined where they depend on variables. */
  readonly arguments: Arguments | undefined;
  readonly shape: Shape;
}

export type FieldPlan = ResolvedField | (PlannedField & { readonly kind: 'typename' });

export interface AbstractType {
  readonly type: GraphQLInterfaceType | GraphQLUnionType;
  readonly select: (runtimeType: GraphQLObjectType) => SelectionPlan;
}

/** What becomes of a field's value. */
export type Shape =
  | { readonly kind: 'leaf'; readonly isNonNull: boolean; readonly type: GraphQLLeafType }
  | { readonly kind: 'list'; readonly isNonNull: boolean; readonly item: Shape }
  | { readonly kind: 'object'; readonly isNonNull: boolean; readonly selection: SelectionPlan }
  | { readonly kind: 'abstract'; readonly isNonNull: boolean; readonly type: AbstractType };
