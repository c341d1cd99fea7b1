import type { PostHogUser } from '../records.ts';

function person(id: number, uuid: string, name: string, domain: string, role: string): PostHogUser {
  const [firstName = '', lastName = ''] = name.split(' ');
  const email = `${firstName}.${lastName}@${domain}`.toLowerCase();
  return { id, uuid, distinctId: `sandbox-user-${id}`, firstName, lastName, email, role };
}

/** The last one has no key: the colleague who acts in the vendor's pages. */
export const acmePeople: readonly [PostHogUser, ...PostHogUser[]] = [
  person(501, '0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501', 'Nadia Ferreira', 'acme.example', 'engineering'),
  person(502, '0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0502', 'Tomasz Lindqvist', 'acme.example', 'data'),
  person(503, '0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0503', 'Priya Okafor', 'acme.example', 'product'),
  person(504, '0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0504', 'Marco Adeyemi', 'acme.example', 'engineering'),
];

export const globexPeople: readonly [PostHogUser, ...PostHogUser[]] = [
  person(601, '0b62a1c3-7e7d-4d1f-8d2e-4a2a7a1f0601', 'Hank Globex', 'globex.example', 'founder'),
  person(602, '0b62a1c3-7e7d-4d1f-8d2e-4a2a7a1f0602', 'Mindy Globex', 'globex.example', 'engineering'),
];
