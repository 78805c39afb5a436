import type { Entitlement, Grant, Resource, ResourceType } from '@batonkit/protocol';
import type { Any } from '@bufbuild/protobuf/wkt';
import { EnqueuePageTokensSchema, filterAny } from '@batonkit/protocol';
import type { Action } from './checkpoint.ts';
import { fail } from './errors.ts';
import { missingTrait } from './missing-trait.ts';
import { isVisited } from './plan-lists.ts';
import { refuseAnnotations } from './refused-annotations.ts';

/** @throws BatonError `BK-SYNC-ROW`, `BK-SYNC-FORM` */
export function checkResource(call: string, type: ResourceType | undefined, asked: string, resource: Resource): void {
  refuseAnnotations(call, resource.annotations);
  if (resource.id?.resourceType !== asked) {
    throw fail('BK-SYNC-ROW', { call, fault: `a resource that is not of the type ${asked}` });
  }
  const missing = missingTrait(type, resource);
  if (missing !== undefined) {
    throw fail('BK-SYNC-ROW', { call, fault: `a ${asked} without the ${missing} that its type promises` });
  }
}

/** @throws BatonError `BK-SYNC-ROW`, `BK-SYNC-FORM` */
export function checkTarget(call: string, type: ResourceType | undefined, asked: Action, resource: Resource): void {
  checkResource(call, type, asked.resourceTypeId ?? '', resource);
  if (resource.id?.resource !== asked.resourceId) {
    throw fail('BK-SYNC-ROW', { call, fault: 'another resource than the one it was asked for' });
  }
}

/**
 * An entitlement or grant must be of the resource that was asked about. A connector that proves nothing may answer
 * grants of other resources (of a user's roles, asked about the user), as genuine syncers take them.
 *
 * @throws BatonError `BK-SYNC-ROW`, `BK-SYNC-FORM`
 */
export function checkSubject(call: string, action: Action, row: Entitlement | Grant, mayBeOfOthers: boolean): void {
  refuseAnnotations(call, row.annotations);
  const isGrant = 'principal' in row;
  const { resourceType, resource } = (isGrant ? row.entitlement?.resource : (row as Entitlement).resource)?.id ?? {};
  if (mayBeOfOthers && resourceType !== undefined) return;
  if (resourceType === action.resourceTypeId && (action.typeScoped || resource === action.resourceId)) return;
  const what = isGrant ? 'a grant' : 'an entitlement';
  throw fail('BK-SYNC-ROW', { call, fault: `${what} of another resource than the one it was asked about` });
}

/** @throws BatonError `BK-SYNC-ROW`, `BK-SYNC-FORM` */
export function checkTemplate(call: string, type: ResourceType | undefined, template: Entitlement): void {
  refuseAnnotations(call, template.annotations);
  if (template.slug === '') throw fail('BK-SYNC-ROW', { call, fault: 'an entitlement without a slug' });
  // Its resources were not kept, and a type that says both of itself cannot be understood.
  if (!isVisited(type?.annotations ?? [])) {
    throw fail('BK-SYNC-ROW', { call, fault: 'entitlements of a type that says that it has none' });
  }
}

// The genuine limits of EnqueuePageTokens (protocol: runtime.md 2.3).
const MOST_TOKENS = 1024;
const TOKEN_BYTES = 1 << 20;
const ALL_BYTES = 16 << 20;

/** Further page tokens of a list, to be followed beside its next one. @throws BatonError `BK-SYNC-ROW` */
export function siblingTokens(call: string, annotations: readonly Any[]): string[] {
  const tokens = filterAny(annotations, EnqueuePageTokensSchema).flatMap(({ pageTokens }) => pageTokens);
  const sizes = tokens.map((token) => Buffer.byteLength(token));
  const isBeyond =
    tokens.length > MOST_TOKENS ||
    sizes.some((size) => size === 0 || size > TOKEN_BYTES) ||
    sizes.reduce((sum, size) => sum + size, 0) > ALL_BYTES;
  if (isBeyond) throw fail('BK-SYNC-ROW', { call, fault: 'further page tokens beyond their limits' });
  return tokens;
}
