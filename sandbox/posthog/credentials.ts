/** A personal API key that the sandbox knows. */
export interface PostHogKey {
  readonly apiKey: string;
  readonly userId: number;
  readonly email: string;
  readonly scopes: readonly string[];
  /** Projects that the key is pinned to; every project of its owner when left out. */
  readonly projects?: readonly number[];
}

/**
 * The sandbox's keys. `acme` and `globex` are two organisations with one project each, and no user is in both.
 */
export const posthogCredentials = {
  acme: {
    projectId: 1001,
    projectToken: 'phc_sandboxAcmeProjectToken000000000000000000',
    /** Full access. */
    owner: {
      apiKey: 'phx_sandboxAcmeOwner0000000000000000000000000',
      userId: 501,
      email: 'nadia.ferreira@acme.example',
      scopes: ['*'],
    },
    /** Another person who may write, without `user:read`, and pinned to the project. */
    writer: {
      apiKey: 'phx_sandboxAcmeWriter000000000000000000000000',
      userId: 502,
      email: 'tomasz.lindqvist@acme.example',
      scopes: ['llm_analytics:write', 'llm_prompt:write', 'dataset:write'],
      projects: [1001],
    },
    /** May read everything and write nothing. */
    reader: {
      apiKey: 'phx_sandboxAcmeReader000000000000000000000000',
      userId: 503,
      email: 'priya.okafor@acme.example',
      scopes: ['llm_analytics:read', 'llm_prompt:read', 'dataset:read', 'user:read'],
    },
  },
  globex: {
    projectId: 2002,
    projectToken: 'phc_sandboxGlobexProjectToken0000000000000000',
    owner: {
      apiKey: 'phx_sandboxGlobexOwner00000000000000000000000',
      userId: 601,
      email: 'hank.globex@globex.example',
      scopes: ['*'],
    },
  },
} as const satisfies Record<
  string,
  { projectId: number; projectToken: string; owner: PostHogKey; writer?: PostHogKey; reader?: PostHogKey }
>;

/** Every key of every tenant. */
export const posthogKeys: readonly PostHogKey[] = [
  posthogCredentials.acme.owner,
  posthogCredentials.acme.writer,
  posthogCredentials.acme.reader,
  posthogCredentials.globex.owner,
];
