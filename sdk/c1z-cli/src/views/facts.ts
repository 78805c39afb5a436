import { findAny, RoleTraitSchema, UserTrait_Status_Status, UserTraitSchema } from '@batonkit/protocol';
import type { Resource, UserTrait } from '@batonkit/protocol';

const STATUS: Record<number, string> = {
  [UserTrait_Status_Status.ENABLED]: 'Enabled',
  [UserTrait_Status_Status.DISABLED]: 'Disabled',
  [UserTrait_Status_Status.DELETED]: 'Deleted',
};

/** What an account is called and how it stands. */
export interface AccountFacts {
  email: string | null;
  status: string;
  /** Flags of its own system that make an administrator without a role. */
  byFlag: string | null;
}

export function accountFacts(resource: Resource): AccountFacts {
  const trait = findAny(resource.annotations, UserTraitSchema);
  // The numbers of both enums are the same (protocol: messages.md).
  const status = trait?.status?.status || resource.status?.status || 0;
  return {
    email: emailOf(trait),
    status: STATUS[status] ?? 'Unknown',
    byFlag: text(resource.profile?.['by_flag'] ?? profileOf(trait)?.['by_flag']),
  };
}

/** The tier that the connector wrote into the role's profile; null: nobody has classified the role. */
export function tierOf(role: Resource): string | null {
  return text(role.profile?.['tier'] ?? profileOf(findAny(role.annotations, RoleTraitSchema))?.['tier']);
}

function emailOf(trait: UserTrait | undefined): string | null {
  const email = trait?.emails.find(({ isPrimary }) => isPrimary) ?? trait?.emails[0];
  return text(email?.address);
}

// The traits' own profiles are old style, and many connectors write only those.
function profileOf(trait: { profile?: Resource['profile'] } | undefined): Resource['profile'] {
  return trait?.profile;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
