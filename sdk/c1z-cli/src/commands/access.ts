import type { C1zReader, ResourceRef } from '@batonkit/c1z';
import type { Entitlement } from '@batonkit/protocol';
import { cellText, jsonText } from '../output/cell-text.ts';
import { csvLine } from '../output/csv-line.ts';
import type { Format } from '../request.ts';
import { idOf } from '../views/names.ts';
import type { Id, Names } from '../views/names.ts';
import { entitlementRecord, resourceRecord, resourceTypeRecord } from '../views/records.ts';

interface Held {
  resource: Id;
  entitlements: Map<string, Entitlement | undefined>;
}

/** What one principal holds, by resource, in the order of its grants. */
export function* printAccess(
  reader: C1zReader,
  names: Names,
  principal: ResourceRef,
  format: Format,
): Iterable<string> {
  const held = heldBy(reader, names, principal);
  const found = names.resource(principal);
  const name = names.resourceName(principal, found);
  if (format === 'json') {
    const access = held.map(({ resource, entitlements }) => ({
      resourceType: resourceTypeRecord(names, resource.resourceType),
      resource: resourceRecord(names, resource, names.resource(resource)),
      entitlements: Array.from(entitlements, ([id, one]) => entitlementRecord(names, id, one)),
    }));
    const record = { principal: resourceRecord(names, principal, found), ...(access.length === 0 ? {} : { access }) };
    yield `${jsonText(record)}\n`;
    return;
  }
  const lines = held.map(({ resource, entitlements }) => ({
    title: `${names.resourceName(resource, names.resource(resource))} (${names.typeName(resource.resourceType)})`,
    slugs: Array.from(entitlements, ([id, one]) => one?.slug || names.entitlementName(id, one)),
    resource,
  }));
  if (format === 'csv') {
    yield csvLine(['Resource Type', 'Resource ID', 'Resource', 'Permission']);
    for (const { resource, title, slugs } of lines)
      for (const slug of slugs) yield csvLine([resource.resourceType, resource.resource, title, slug].map(cellText));
    return;
  }
  const branch = (isLast: boolean, hasMore: boolean): string => `${isLast ? '└' : '├'}─${hasMore ? '┬' : '─'}`;
  yield `${branch(true, lines.length > 0)}${cellText(`Effective Access for ${name} (${principal.resourceType})`)}\n`;
  for (const [index, { title, slugs }] of lines.entries()) {
    const isLast = index === lines.length - 1;
    yield `  ${branch(isLast, slugs.length > 0)}${cellText(title)}\n`;
    for (const [place, slug] of slugs.entries())
      yield `  ${isLast ? ' ' : '│'} ${branch(place === slugs.length - 1, false)}${cellText(slug)}\n`;
  }
  yield '\n';
}

function heldBy(reader: C1zReader, names: Names, principal: ResourceRef): Held[] {
  const held = new Map<string, Held>();
  for (const grant of reader.grants({ principal })) {
    const id = grant.entitlement?.id ?? '';
    const entitlement = names.entitlement(id);
    const resource = idOf(grant.entitlement?.resource?.id ?? entitlement?.resource?.id);
    const key = JSON.stringify([resource.resourceType, resource.resource]);
    const one = held.get(key) ?? { resource, entitlements: new Map<string, Entitlement | undefined>() };
    one.entitlements.set(id, entitlement);
    held.set(key, one);
  }
  return [...held.values()];
}
