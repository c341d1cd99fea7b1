import type { Deployment } from '../domain/dataset.ts';
import { builder } from './builder.ts';

export const DeploymentType = builder.objectRef<Deployment>('Deployment').implement({
  description: 'A version standing on an environment.',
  fields: (t) => ({
    environmentId: t.exposeID('environmentId', { nullable: false, description: 'The environment.' }),
    environmentName: t.exposeString('environmentName', {
      nullable: false,
      description: 'Its name, such as `production`.',
    }),
    isDefault: t.exposeBoolean('isDefault', {
      nullable: false,
      description: 'Whether it is the environment that a plain read follows.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When the environment was made, where the vendor tells.',
    }),
  }),
});
