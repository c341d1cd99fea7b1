import type { GlobalId, IdKind } from '../domain/identity.ts';
import type { Vendor } from '../domain/vendor.ts';
import type { NodeValue } from '../resolvers/nodes.ts';
import { builder } from './builder.ts';
import { VendorEnum } from './enums.ts';

/** The types of things by the kind of their ids; a kind without one is of no node. */
export const nodeTypeNames: Readonly<Partial<Record<IdKind, string>>> = {
  DATASET: 'Dataset',
  DATASET_VERSION: 'DatasetVersion',
  DATASET_ITEM: 'DatasetItem',
  PROMPT: 'Prompt',
  PROMPT_VERSION: 'PromptVersion',
  TRACE_REVIEW: 'TraceReview',
  SCORE_DEFINITION: 'ScoreDefinition',
  PROJECT: 'Project',
  MODEL_LAB_PROJECT: 'ModelLabProject',
};

export const NodeInterface = builder.interfaceRef<NodeValue>('Node').implement({
  description: 'Anything that has an id and can be read again by it, with `node` or `nodes`.',
  resolveType: (value) => nodeTypeNames[value.address.kind],
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: false,
      description: 'The id in this API: opaque, stable, the same for everybody.',
    }),
  }),
});

interface AtVendor {
  readonly id: GlobalId;
  readonly vendor: Vendor;
  readonly vendorId: string;
}

export const VendorResourceInterface = builder.interfaceRef<AtVendor>('VendorResource').implement({
  description: 'Anything that lives at a vendor.',
  resolveType: (value) => nodeTypeNames[(value as NodeValue).address.kind], // Only nodes implement it.
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'The id in this API.' }),
    vendor: t.expose('vendor', { type: VendorEnum, nullable: false, description: 'Where it lives.' }),
    vendorId: t.exposeString('vendorId', {
      nullable: false,
      description: "The vendor's own identifier, as its API and its pages show it.",
    }),
  }),
});
