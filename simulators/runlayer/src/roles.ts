import { asUuid, digestOf } from './random.ts';

export interface Role {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  /** Names of capabilities are invented: nobody outside Runlayer has seen the real ones. */
  readonly capabilities: readonly string[];
  readonly isSystem: boolean;
}

type Plain = readonly [slug: string, name: string, description: string, capabilities: readonly string[]];

const platform: readonly Plain[] = [
  [
    'super_admin',
    'Super Admin',
    'Can do everything, including the management of roles and settings.',
    [
      'users.read',
      'users.manage',
      'roles.read',
      'roles.manage',
      'settings.manage',
      'servers.manage',
      'policies.manage',
      'audit.read',
      'metrics.read',
      'agents.manage',
    ],
  ],
  [
    'security_admin',
    'Security Admin',
    'Watches security, writes policies, reads audit logs and user information.',
    ['users.read', 'roles.read', 'policies.manage', 'audit.read', 'security.read'],
  ],
  [
    'it_admin',
    'IT Admin',
    'Runs MCP servers and the catalogue, and decides which of them people may use.',
    ['servers.manage', 'catalogue.manage', 'policies.manage'],
  ],
  [
    'analytics_admin',
    'Analytics Admin',
    'Reads the metrics of the whole organization and exports usage.',
    ['metrics.read', 'audit.read', 'usage.export'],
  ],
  [
    'developer',
    'Developer',
    'Deploys MCP servers and looks after agent accounts.',
    ['servers.deploy', 'agents.manage', 'api.use'],
  ],
  [
    'helpdesk',
    'Helpdesk',
    'Reads user information and audit logs to support people.',
    ['users.read', 'roles.read', 'audit.read'],
  ],
  ['user', 'User', 'Uses the MCP servers it was given, without administration.', ['servers.use']],
];

const custom: readonly Plain[] = [
  ['mcp_curator', 'MCP Curator', 'Chooses which MCP servers enter the catalogue.', ['catalogue.manage']],
  ['red_team', 'Red Team', 'Tests prompts and tools before they are released.', ['servers.use', 'security.read']],
  ['data_steward', 'Data Steward', 'Answers for the data that tools may reach.', ['policies.read', 'audit.read']],
  ['break_glass', 'Break Glass', 'Kept for emergencies; normally nobody holds it.', ['settings.manage']],
  ['vendor_liaison', 'Vendor Liaison', 'Speaks with the makers of MCP servers.', ['catalogue.read']],
];

/** The seven platform roles and `customCount` roles that this tenant made for itself. */
export function rolesOf(seed: number, customCount: number): Role[] {
  const made: Plain[] = Array.from(
    { length: customCount },
    (_, n) =>
      custom[n] ?? [
        `team_role_${n + 1}`,
        `Team Role ${n + 1}`,
        'Made by an administrator of this tenant.',
        ['servers.use'],
      ],
  );
  return [...platform.map((row) => role(seed, row, true)), ...made.map((row) => role(seed, row, false))];
}

/** A role that the tenant makes for itself later. */
export const addedRole = (seed: number, slug: string, name: string): Role =>
  role(seed, [slug, name, 'Made by an administrator of this tenant.', ['servers.use']], false);

function role(seed: number, [slug, name, description, capabilities]: Plain, isSystem: boolean): Role {
  const id = asUuid(digestOf(seed, `role ${slug}`).toString('hex'));
  return { id, slug, name, description, capabilities, isSystem };
}
