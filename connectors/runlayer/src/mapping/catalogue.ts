import { tierOf } from './tier.ts';
import type { RoleRecord } from './role.ts';

const documented: readonly (readonly [slug: string, label: string, description: string])[] = [
  ['super_admin', 'Super Admin', 'Everything, including roles and settings'],
  ['security_admin', 'Security Admin', 'Security monitoring, policies, audit logs, user information'],
  ['it_admin', 'IT Admin', "MCP servers, the catalogue, and people's access to them"],
  ['analytics_admin', 'Analytics Admin', 'Metrics of the whole organisation, audit logs, usage'],
  ['developer', 'Developer', 'Deploys MCP servers and manages agent accounts'],
  ['helpdesk', 'Helpdesk', 'User information and audit logs for support'],
  ['user', 'User', 'Uses the MCP servers assigned to them'],
];

/** The platform roles that Runlayer documents, as rows of a list. */
export const catalogueRows: readonly { slug: string }[] = documented.map(([slug]) => ({ slug }));

/** One of them as a record. Its slug stands in for an id, as nobody has told one. */
export function catalogueRole(slug: string): RoleRecord | undefined {
  const row = documented.find(([known]) => known === slug);
  if (row === undefined) return undefined;
  const [, label, description] = row;
  const tier = tierOf(slug, true);
  return { id: slug, slug, label, description, isSystem: true, ...(tier === undefined ? {} : { tier }) };
}
