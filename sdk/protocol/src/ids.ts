// Identifiers as plain joins: lossy by design (an id that holds ":" is not escaped) and a stable contract
// (protocol: c1z.md 4, checked against the genuine SDK).

/** Key of a resource row: `<resource type>:<resource>`. */
export function resourceKey(resourceType: string, resource: string): string {
  return `${resourceType}:${resource}`;
}

/** `<resource type>:<resource>:<slug>`. */
export function entitlementId(resourceType: string, resource: string, slug: string): string {
  return `${resourceType}:${resource}:${slug}`;
}

/** `<entitlement id>:<principal type>:<principal>`. */
export function grantId(entitlement: string, principalType: string, principal: string): string {
  return `${entitlement}:${principalType}:${principal}`;
}
