import { builder } from '../builder.ts';

builder.mutationType({
  description:
    'Everything that can be written. A result is a union: its success, or why not. A success is a success though its read-back fails: ids are always there, objects may be null with an error beside. What a vendor cannot do is an UnsupportedError that names those that can.',
});

import './draft.ts';
import './versions.ts';
import './datasets.ts';
import './items.ts';
import './prompts.ts';
import './reviews.ts';
