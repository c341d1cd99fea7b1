import type { Actor } from '../domain/actor.ts';
import { builder } from './builder.ts';

export const ActorType = builder.objectRef<Actor>('Actor').implement({
  description: 'A person, as far as a vendor tells of them.',
  fields: (t) => ({
    vendorId: t.exposeString('vendorId', { description: "The vendor's own id of the person." }),
    name: t.exposeString('name', { description: 'The name to show.' }),
    email: t.exposeString('email', { description: 'The e-mail address.' }),
    handle: t.exposeString('handle', { description: 'The handle or user name.' }),
    iconUrl: t.exposeString('iconUrl', { description: 'The address of a picture.' }),
    details: t.expose('details', {
      type: 'JSON',
      description: 'What else the vendor tells of this person, in its own words.',
    }),
  }),
});
