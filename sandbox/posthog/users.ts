import { selectedProject } from './access.ts';
import type { PostHogProject, PostHogUser } from './records.ts';
import type { PostHogState } from './state.ts';

/** A person as other objects show them. */
export function renderUser(user: PostHogUser): object {
  return {
    id: user.id,
    uuid: user.uuid,
    distinct_id: user.distinctId,
    first_name: user.firstName,
    last_name: user.lastName,
    email: user.email,
    is_email_verified: true,
    hedgehog_config: null,
    role_at_organization: user.role,
  };
}

function renderProject(project: PostHogProject): object {
  return {
    id: project.id,
    uuid: project.uuid,
    organization: project.organization.id,
    project_id: project.id,
    api_token: project.token,
    name: project.name,
    timezone: 'UTC',
  };
}

/** `GET /api/users/@me/`, abridged: the real one has many more members of the person's profile. */
export function renderMe(state: PostHogState, user: PostHogUser): object {
  const project = selectedProject(state, user);
  const organization = {
    ...project.organization,
    is_ai_data_processing_approved: state.switches.aiConsent,
    membership_level: 8,
  };
  return {
    ...renderUser(user),
    date_joined: '2026-01-05T08:00:00.000100Z',
    is_staff: false,
    team: renderProject(project),
    organization: { ...organization, teams: [renderProject(project)] },
    organizations: [organization],
  };
}
