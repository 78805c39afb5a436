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
  ResourceIdSchema,
  ResourceSchema,
  RoleTraitSchema,
  StatusSchema,
  UserTrait_AccountType,
  UserTrait_EmailSchema,
  UserTrait_Status_Status,
  UserTrait_StatusSchema,
  UserTraitSchema,
  type Entitlement,
  type Grant,
  type Resource,
  type ResourceId,
  type Status_ResourceStatus,
  type UserTrait,
} from '@batonkit/protocol';
import { create, type JsonObject } from '@bufbuild/protobuf';
import { TimestampSchema, type Any, type Timestamp } from '@bufbuild/protobuf/wkt';
import { roleType, userType } from '../resource-types.ts';
import { mergeTerms, termsOf, type Term } from './assignment.ts';
import type { RoleRecord } from './role.ts';
import type { UserRecord } from './user.ts';

/** For what is made for each user or grant: copied, they are made in a tenth of the time of `create` (measured). */
const blank = {
  email: create(UserTrait_EmailSchema),
  grant: create(GrantSchema),
  id: create(ResourceIdSchema),
  resource: create(ResourceSchema),
  status: create(StatusSchema),
  timestamp: create(TimestampSchema),
  trait: create(UserTraitSchema),
  traitStatus: create(UserTrait_StatusSchema),
};

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
  const { id, email, name, sourceStatus, sourceType, flags } = user;
  // In the order in which they are packed, which saves sorting them.
  const profile: JsonObject = {};
  if (sourceType !== undefined) profile['account_type'] = sourceType;
  if (flags !== undefined && byFlag.has(id)) profile['by_flag'] = flags.join(', ');
  if (email !== undefined) profile['email'] = email;
  profile['id'] = id;
  if (name !== undefined) profile['name'] = name;
  if (sourceStatus !== undefined) profile['source_status'] = sourceStatus;

  const details = user.status === 'enabled' ? '' : (sourceStatus ?? '');
  const createdAt = timestamp(user.createdAt);
  const trait: UserTrait = {
    ...blank.trait,
    emails: email === undefined ? [] : [{ ...blank.email, address: email, isPrimary: true }],
    status: { ...blank.traitStatus, status: statuses[user.status], details },
    profile,
    accountType: accountTypes[user.type],
    login: email ?? id,
    createdAt,
    lastLogin: timestamp(user.lastLoginAt),
  };
  return {
    ...blank.resource,
    id: { ...blank.id, resourceType: userType.id, resource: id },
    displayName: name ?? email ?? id,
    annotations: [packAny(UserTraitSchema, trait)],
    profile,
    // The numbers of both enums are the same.
    status: { ...blank.status, status: statuses[user.status] as number as Status_ResourceStatus, details },
    createdAt,
  };
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
    // Nearly all say one source and no end.
    const [first] = sources ?? [];
    const isUsual = sources?.length === 1 && expiresAt === undefined;
    const key = isUsual ? `one ${first}` : JSON.stringify([sources, expiresAt]);
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
    const id: ResourceId = { ...blank.id, resourceType: userType.id, resource: grant.user };
    return {
      ...blank.grant,
      entitlement,
      principal: { ...blank.resource, id },
      id: grantId(entitlement.id, userType.id, grant.user),
      annotations: annotationsOf(grant),
    };
  };
}

/** From RFC 3339 in UTC, with all digits of its fraction. */
function timestamp(instant: string | undefined): Timestamp | undefined {
  if (instant === undefined) return undefined;
  const seconds = BigInt(Math.floor(Date.parse(instant) / 1000));
  const fraction = instant.slice('YYYY-MM-DDTHH:MM:SS.'.length, -1);
  return { ...blank.timestamp, seconds, nanos: fraction === '' ? 0 : Number(fraction.padEnd(9, '0')) };
}
