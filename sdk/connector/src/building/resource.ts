import {
  GroupTraitSchema,
  packAny,
  ResourceSchema,
  RoleTraitSchema,
  Status_ResourceStatus,
  UserTrait_AccountType,
  UserTrait_Status_Status,
  UserTraitSchema,
  type Resource,
} from '@batonkit/protocol';
import { create, type JsonObject } from '@bufbuild/protobuf';

/** Names a resource: the id of its type, and its own. */
export type ResourceRef = readonly [type: string, id: string];

interface Described {
  /** Never empty. */
  displayName: string;
  description?: string;
  /** Whatever else the source says; `c1z` and the console show it. */
  profile?: JsonObject;
}

export interface UserDescription extends Described {
  /** What the person signs in with. */
  login: string;
  email?: string;
  /** Without it, the source does not say. */
  isEnabled?: boolean;
  accountType?: 'human' | 'service';
}

const accountTypes = { human: UserTrait_AccountType.HUMAN, service: UserTrait_AccountType.SERVICE };
const { ENABLED, DISABLED, UNSPECIFIED } = UserTrait_Status_Status;

/** An account. What stands in the trait stands on the resource, too, as the genuine helper writes it. */
export function userResource(ref: ResourceRef, user: UserDescription): Resource {
  const { login, email, isEnabled, accountType, profile = {} } = user;
  const status = { status: isEnabled === undefined ? UNSPECIFIED : isEnabled ? ENABLED : DISABLED };
  const trait = create(UserTraitSchema, {
    login,
    profile,
    status,
    emails: email === undefined ? [] : [{ address: email, isPrimary: true }],
    accountType: accountType === undefined ? UserTrait_AccountType.UNSPECIFIED : accountTypes[accountType],
  });
  // The numbers of both enums are the same.
  return resource(ref, user, [packAny(UserTraitSchema, trait)], status.status as number as Status_ResourceStatus);
}

export function roleResource(ref: ResourceRef, role: Described): Resource {
  return resource(ref, role, [packAny(RoleTraitSchema, create(RoleTraitSchema, { profile: role.profile ?? {} }))]);
}

export function groupResource(ref: ResourceRef, group: Described): Resource {
  return resource(ref, group, [packAny(GroupTraitSchema, create(GroupTraitSchema, { profile: group.profile ?? {} }))]);
}

function resource(
  [resourceType, id]: ResourceRef,
  { displayName, description = '', profile = {} }: Described,
  annotations: ReturnType<typeof packAny>[],
  status: Status_ResourceStatus = Status_ResourceStatus.UNSPECIFIED,
): Resource {
  return create(ResourceSchema, {
    id: { resourceType, resource: id },
    displayName,
    description,
    profile,
    annotations,
    ...(status === Status_ResourceStatus.UNSPECIFIED ? {} : { status: { status } }),
  });
}
