import './scalars.ts';
import './dataset.ts';
import './prompt.ts';
import './trace-review.ts';
import './project.ts';
import './source.ts';
import './diff.ts';
import './query.ts';
import './subscription.ts';
import './mutations/index.ts';
import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';

/** The executable schema. Without state: one serves all gateways of a process. */
export const schema: GraphQLSchema = builder.toSchema();
