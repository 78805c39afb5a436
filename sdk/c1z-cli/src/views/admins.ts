import type { C1zReader } from '@batonkit/c1z';
import { ResourceType_Trait } from '@batonkit/protocol';
import type { Resource } from '@batonkit/protocol';
import { fail } from '../errors.ts';
import { accountFacts, tierOf } from './facts.ts';
import { idOf, reference } from './names.ts';
import type { Id, Names } from './names.ts';
import { cells, NOTHING } from './view.ts';
import type { View, ViewRow } from './view.ts';

const TIERS = ['critical', 'high', 'unclassified'] as const;
// Holders of roles of any other tier, one that is not known included, are listed: rather one too many than one missing.
const ORDINARY = new Set(['medium', 'none']);
const BY_FLAG = 'by flag, not by role';

interface AdminRole {
  id: Id;
  name: string;
  tier: (typeof TIERS)[number];
}

/**
 * Who can administer: a row for each account and each of its roles of tier critical, high and unclassified; then the
 * accounts that administer by a flag and hold no such role.
 *
 * @throws BatonError `BK-ADMINS-PARTIAL`, `BK-ADMINS-NO-ROLES`: the file cannot say
 */
export function adminsView(reader: C1zReader, names: Names, path: string): View {
  const { sync } = reader;
  if (sync !== undefined && sync.type !== 'full') throw fail('BK-ADMINS-PARTIAL', { path, type: sync.type });
  const roles = adminRoles(reader, names, path);
  // Only ids, of administrators only.
  const listed = new Set<string>();
  return {
    columns: ['Account', 'Email', 'Role', 'Tier', 'Status'],
    *rows() {
      listed.clear();
      for (const role of roles) yield* holders(reader, names, role, listed);
      for (const type of names.typesWith(ResourceType_Trait.USER))
        yield* flagged(reader.resources({ resourceType: type.id }), names, listed);
    },
    endLine: () => (listed.size === 1 ? '1 account can administer' : `${listed.size} accounts can administer`),
  };
}

function adminRoles(reader: C1zReader, names: Names, path: string): AdminRole[] {
  const found: AdminRole[] = [];
  let all = 0;
  for (const type of names.typesWith(ResourceType_Trait.ROLE)) {
    for (const role of reader.resources({ resourceType: type.id })) {
      all += 1;
      const tier = tierOf(role);
      if (tier !== null && ORDINARY.has(tier)) continue;
      const id = idOf(role.id);
      found.push({
        id,
        name: names.resourceName(id, role),
        tier: TIERS.find((known) => known === tier) ?? 'unclassified',
      });
    }
  }
  if (all === 0) throw fail('BK-ADMINS-NO-ROLES', { path });
  return TIERS.flatMap((tier) => found.filter((role) => role.tier === tier));
}

function* holders(reader: C1zReader, names: Names, role: AdminRole, listed: Set<string>): Generator<ViewRow> {
  // A role with several entitlements can be held several times.
  const seen = new Set<string>();
  for (const grant of reader.grants(role.id)) {
    const id = idOf(grant.principal?.id);
    const key = JSON.stringify([id.resourceType, id.resource]);
    if (seen.has(key)) continue;
    seen.add(key);
    listed.add(key);
    yield rowOf(names, id, names.resource(id), role);
  }
}

function* flagged(users: Iterable<Resource>, names: Names, listed: Set<string>): Generator<ViewRow> {
  for (const user of users) {
    if (accountFacts(user).byFlag === null) continue;
    const id = idOf(user.id);
    const key = JSON.stringify([id.resourceType, id.resource]);
    if (listed.has(key)) continue;
    listed.add(key);
    yield rowOf(names, id, user);
  }
}

function rowOf(names: Names, id: Id, found: Resource | undefined, role?: AdminRole): ViewRow {
  const { email, status, byFlag } =
    found === undefined ? { email: null, status: 'Unknown', byFlag: null } : accountFacts(found);
  const name = names.resourceName(id, found);
  // A group, say, stands for its members; the file does not always list them one by one.
  const account = names.isUser(id.resourceType) ? name : `${name} (${id.resourceType})`;
  return {
    cells: cells(account, email ?? NOTHING, role?.name ?? BY_FLAG, role?.tier ?? NOTHING, status),
    record: () => ({
      account: reference(id, found),
      email,
      role:
        role === undefined
          ? null
          : { resourceType: role.id.resourceType, id: role.id.resource, displayName: role.name },
      tier: role?.tier ?? null,
      byFlag: role === undefined ? byFlag : null,
      status,
    }),
  };
}
