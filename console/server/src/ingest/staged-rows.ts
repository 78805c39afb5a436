import type { C1zReader } from '@batonkit/c1z';
import { tierOf } from '@batonkit/console-domain';
import type { StagedBatch, StagedEntitlement, StagedGrant, StagedResource } from '@batonkit/console-store';
import {
  findAny,
  ResourceType_Trait,
  RoleTraitSchema,
  UserTrait_AccountType,
  UserTrait_Status_Status,
  UserTraitSchema,
  type Entitlement,
  type Grant,
  type Resource,
  type ResourceId,
} from '@batonkit/protocol';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { timestampDate, type Timestamp } from '@bufbuild/protobuf/wkt';
import { fail } from '../errors.ts';
import { isDatable } from '../storable.ts';

/** Rows a batch: one is decoded and staged while the next is not yet read. */
const BATCH = 2_000;

/**
 * The rows of a file in the form of the ledger, streamed. Names and texts are taken as they are; an
 * unknown structure is an error and not a row left out.
 *
 * @throws BatonError `BK-INGEST`, `BK-C1Z-…`
 */
export function* stagedBatches(file: C1zReader): Generator<StagedBatch> {
  const traits = new Map<string, StagedResource['trait']>();
  for (const { id, traits: named } of file.resourceTypes()) {
    if (named.includes(ResourceType_Trait.USER)) traits.set(id, 'user');
    else traits.set(id, named.includes(ResourceType_Trait.ROLE) ? 'role' : 'other');
  }
  for (const resources of chunks(file.resources(), (each) => stagedResource(each, traits))) yield { resources };

  // Few, and each grant names only the id of its own.
  const slugs = new Map<string, string>();
  for (const entitlements of chunks(file.entitlements(), stagedEntitlement)) {
    for (const { externalId, slug } of entitlements) slugs.set(externalId, slug);
    yield { entitlements };
  }
  for (const grants of chunks(file.grants(), (each) => stagedGrant(each, slugs))) yield { grants };
}

function* chunks<M, R>(messages: Iterable<M>, map: (message: M) => R): Generator<R[]> {
  let batch: R[] = [];
  for (const message of messages) {
    batch.push(map(message));
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function stagedResource(resource: Resource, traits: Map<string, StagedResource['trait']>): StagedResource {
  const { resourceType, resource: externalId } = need(resource.id, 'A resource has no id.');
  const trait = traits.get(resourceType);
  if (trait === undefined)
    throw fail('BK-INGEST', { what: `A resource is of the type "${resourceType}", which is not listed.` });
  const row = { type: resourceType, externalId, trait, name: resource.displayName || externalId };
  if (trait === 'user') return { ...row, account: account(resource) };
  return trait === 'role' ? { ...row, role: role(resource) } : row;
}

function account(resource: Resource): NonNullable<StagedResource['account']> {
  const trait = need(
    findAny(resource.annotations, UserTraitSchema),
    'A resource of a type of users has no user trait.',
  );
  const profile = trait.profile ?? resource.profile ?? {};
  const status = statusName(trait.status?.status ?? UserTrait_Status_Status.UNSPECIFIED);
  const email = trait.emails.find(({ isPrimary }) => isPrimary) ?? trait.emails[0];
  return {
    email: email?.address || null,
    login: trait.login || null,
    status: { name: status, source: text(profile['source_status']) || trait.status?.details || status },
    type: accountType(trait.accountType),
    createdAt: instant(trait.createdAt ?? resource.createdAt),
    lastLoginAt: instant(trait.lastLogin),
    byFlag: profile['by_flag'] !== undefined && profile['by_flag'] !== null && profile['by_flag'] !== false,
    profile: Object.entries(profile)
      .map(([key, value]) => ({ key, value: text(value) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

function role(resource: Resource): NonNullable<StagedResource['role']> {
  const trait = need(
    findAny(resource.annotations, RoleTraitSchema),
    'A resource of a type of roles has no role trait.',
  );
  const profile: JsonObject = trait.profile ?? resource.profile ?? {};
  const capabilities = profile['capabilities'];
  return {
    tier: tierOf(profile),
    description: resource.description,
    capabilities: Array.isArray(capabilities)
      ? capabilities.map(text)
      : text(capabilities)
          .split(',')
          .map((each) => each.trim())
          .filter((each) => each !== ''),
  };
}

function stagedEntitlement(entitlement: Entitlement): StagedEntitlement {
  const { resourceType, resource } = need(entitlement.resource?.id, 'An entitlement names no resource.');
  return {
    resourceType,
    resourceId: resource,
    slug: entitlement.slug,
    externalId: entitlement.id,
    name: entitlement.displayName || entitlement.slug,
  };
}

function stagedGrant(grant: Grant, slugs: Map<string, string>): StagedGrant {
  const { resourceType, resource } = need(grant.entitlement?.resource?.id, 'A grant names no resource.');
  const principal = need(grant.principal?.id, 'A grant names no principal.');
  const slug = slugs.get(grant.entitlement?.id ?? '');
  return {
    resourceType,
    resourceId: resource,
    slug: need(slug, 'A grant names an entitlement that is not in the file.'),
    principalType: principal.resourceType,
    principalId: principal.resource,
    externalId: grant.id,
  };
}

function statusName(status: UserTrait_Status_Status): 'enabled' | 'disabled' | 'deleted' | 'unspecified' {
  switch (status) {
    case UserTrait_Status_Status.ENABLED:
      return 'enabled';
    case UserTrait_Status_Status.DISABLED:
      return 'disabled';
    case UserTrait_Status_Status.DELETED:
      return 'deleted';
    case UserTrait_Status_Status.UNSPECIFIED:
      return 'unspecified';
    default:
      throw fail('BK-INGEST', { what: 'An account has a status of an unknown kind.' });
  }
}

function accountType(type: UserTrait_AccountType): 'human' | 'service' | 'system' | 'unspecified' {
  switch (type) {
    case UserTrait_AccountType.HUMAN:
      return 'human';
    case UserTrait_AccountType.SERVICE:
      return 'service';
    case UserTrait_AccountType.SYSTEM:
      return 'system';
    case UserTrait_AccountType.UNSPECIFIED:
      return 'unspecified';
    default:
      throw fail('BK-INGEST', { what: 'An account is of an unknown type.' });
  }
}

function text(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function instant(time: Timestamp | undefined): string | null {
  if (time === undefined) return null;
  const date = timestampDate(time);
  if (!isDatable(date)) throw fail('BK-INGEST', { what: 'An account has a time outside of the years 1 to 9999.' });
  return date.toISOString();
}

function need<T extends ResourceId | object | string>(value: T | undefined, what: string): T {
  if (value === undefined) throw fail('BK-INGEST', { what });
  return value;
}
