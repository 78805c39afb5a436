import type { Presenter } from '@batonkit/connector';
import {
  Entitlement_PurposeValue,
  EntitlementSchema,
  entitlementId,
  GrantMetadataSchema,
  grantId,
  GrantSchema,
  packAny,
  RawIdSchema,
  ResourceSchema,
  RoleTraitSchema,
  Status_ResourceStatus,
  UserTrait_AccountType,
  UserTrait_Status_Status,
  UserTraitSchema,
  type Entitlement,
  type Grant,
  type Resource,
} from '@batonkit/protocol';
import { create, type JsonObject } from '@bufbuild/protobuf';
import { TimestampSchema, type Any, type Timestamp } from '@bufbuild/protobuf/wkt';
import { roleType, userType } from '../resource-types.ts';
import { mergeTerms, termsOf, type Term } from './assignment.ts';
import type { RoleRecord } from './role.ts';
import type { UserRecord } from './user.ts';

/** A grant as it waits on the disk. */
export interface GrantRecord {
  role: string;
  user: string;
  sources?: string[];
  expiresAt?: string;
}

/** Stable for ever: ids of entitlements and grants are made with it. */
export const ASSIGNED = 'assigned';

/** What is known only when everything was read. */
export interface Late {
  /** Users who administer by a flag and hold no role that does. */
  byFlag: ReadonlySet<string>;
  /** Ways of holding a role beside the one of its grant, by `role`, line feed, `user`. */
  further: ReadonlyMap<string, readonly Term[]>;
}

export function createPresenter(late: () => Late): Presenter {
  const roleGrant = createRoleGrant();
  return {
    resource: (type, record) =>
      type === userType.id ? userResource(record as UserRecord, late().byFlag) : roleResource(record as RoleRecord),
    entitlement: (record) => roleEntitlement(record as RoleRecord),
    grant: (record) => roleGrant(withFurther(record as GrantRecord, late().further)),
  };
}

function withFurther(grant: GrantRecord, further: Late['further']): GrantRecord {
  const { role, user } = grant;
  const more = further.size === 0 ? undefined : further.get(`${role}\n${user}`);
  if (more === undefined) return grant;
  const merged = mergeTerms([...termsOf(grant), ...more]);
  return {
    role,
    user,
    ...(merged.sources.length === 0 ? {} : { sources: merged.sources }),
    ...(merged.expiresAt === undefined ? {} : { expiresAt: merged.expiresAt }),
  };
}

const statuses = {
  enabled: UserTrait_Status_Status.ENABLED,
  disabled: UserTrait_Status_Status.DISABLED,
  deleted: UserTrait_Status_Status.DELETED,
  unspecified: UserTrait_Status_Status.UNSPECIFIED,
};
const accountTypes = {
  human: UserTrait_AccountType.HUMAN,
  service: UserTrait_AccountType.SERVICE,
  unspecified: UserTrait_AccountType.UNSPECIFIED,
};

/** Writes what the genuine helper writes: profile, status and time stand in the trait and on the resource. */
function userResource(user: UserRecord, byFlag: ReadonlySet<string>): Resource {
  const profile: JsonObject = {
    id: user.id,
    ...(user.email === undefined ? {} : { email: user.email }),
    ...(user.name === undefined ? {} : { name: user.name }),
    ...(user.sourceStatus === undefined ? {} : { source_status: user.sourceStatus }),
    ...(user.sourceType === undefined ? {} : { account_type: user.sourceType }),
    ...(user.flags !== undefined && byFlag.has(user.id) ? { by_flag: user.flags.join(', ') } : {}),
  };
  const details = user.status === 'enabled' ? '' : (user.sourceStatus ?? '');
  const createdAt = timestamp(user.createdAt);
  const lastLogin = timestamp(user.lastLoginAt);
  const trait = create(UserTraitSchema, {
    emails: user.email === undefined ? [] : [{ address: user.email, isPrimary: true }],
    status: { status: statuses[user.status], details },
    profile,
    accountType: accountTypes[user.type],
    login: user.email ?? user.id,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(lastLogin === undefined ? {} : { lastLogin }),
  });
  return create(ResourceSchema, {
    id: { resourceType: userType.id, resource: user.id },
    displayName: user.name ?? user.email ?? user.id,
    annotations: [packAny(UserTraitSchema, trait)],
    profile,
    // The numbers of both enums are the same.
    status: { status: statuses[user.status] as number as Status_ResourceStatus, details },
    ...(createdAt === undefined ? {} : { createdAt }),
  });
}

function roleResource(role: RoleRecord): Resource {
  const profile: JsonObject = {
    ...(role.slug === undefined ? {} : { slug: role.slug }),
    ...(role.tier === undefined ? {} : { tier: role.tier }),
    ...(role.isSystem === undefined ? {} : { is_system: role.isSystem }),
    ...(role.capabilities === undefined ? {} : { capabilities: role.capabilities }),
    ...(role.isPlaceholder === true ? { placeholder: true } : {}),
  };
  return create(ResourceSchema, {
    id: { resourceType: roleType.id, resource: role.id },
    displayName: role.label,
    description: role.description ?? '',
    annotations: [
      packAny(RawIdSchema, create(RawIdSchema, { id: role.id })),
      packAny(RoleTraitSchema, create(RoleTraitSchema, { profile })),
    ],
    profile,
  });
}

function roleEntitlement(role: RoleRecord): Entitlement {
  return create(EntitlementSchema, {
    resource: roleResource(role),
    id: entitlementId(roleType.id, role.id, ASSIGNED),
    displayName: `${role.label} Role Member`,
    description: `Has the role ${role.label} in Runlayer`,
    grantableTo: [userType],
    purpose: Entitlement_PurposeValue.ASSIGNMENT,
    slug: ASSIGNED,
  });
}

/** Makes grants; what many of them have in common is made once and shared. */
function createRoleGrant(): (grant: GrantRecord) => Grant {
  const entitlements = new Map<string, Entitlement>();
  const annotations = new Map<string, Any>();
  const entitlementOf = (role: string): Entitlement => {
    let entitlement = entitlements.get(role);
    if (entitlement === undefined) {
      const resource = { id: { resourceType: roleType.id, resource: role } };
      entitlement = create(EntitlementSchema, { id: entitlementId(roleType.id, role, ASSIGNED), resource });
      entitlements.set(role, entitlement);
    }
    return entitlement;
  };
  const annotationsOf = ({ sources, expiresAt }: GrantRecord): Any[] => {
    if (sources === undefined && expiresAt === undefined) return [];
    const key = JSON.stringify([sources, expiresAt]);
    const known = annotations.get(key);
    if (known !== undefined) return [known];
    const metadata: JsonObject = {
      ...(sources === undefined ? {} : { sources }),
      ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    };
    const made = packAny(GrantMetadataSchema, create(GrantMetadataSchema, { metadata }));
    // Ends may all differ; they must not fill the memory.
    if (annotations.size < 1000) annotations.set(key, made);
    return [made];
  };
  return (grant) => {
    const entitlement = entitlementOf(grant.role);
    const message = create(GrantSchema);
    message.entitlement = entitlement;
    message.principal = create(ResourceSchema, { id: { resourceType: userType.id, resource: grant.user } });
    message.id = grantId(entitlement.id, userType.id, grant.user);
    message.annotations = annotationsOf(grant);
    return message;
  };
}

/** From RFC 3339 in UTC, with all digits of its fraction. */
function timestamp(instant: string | undefined): Timestamp | undefined {
  if (instant === undefined) return undefined;
  const seconds = BigInt(Math.floor(Date.parse(instant) / 1000));
  const fraction = instant.slice('YYYY-MM-DDTHH:MM:SS.'.length, -1);
  return create(TimestampSchema, { seconds, nanos: Number(fraction.padEnd(9, '0')) });
}
