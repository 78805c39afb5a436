import type { C1zReader } from '@batonkit/c1z';
import { findAny, RoleTraitSchema, UserTraitSchema } from '@batonkit/protocol';
import type { Resource } from '@batonkit/protocol';
import type { Filter } from '../request.ts';
import { accountFacts } from './facts.ts';
import { idOf, reference } from './names.ts';
import type { Names } from './names.ts';
import { cells, NOTHING } from './view.ts';
import type { Cell, View } from './view.ts';

export function resourcesView(reader: C1zReader, names: Names, { resourceType }: Filter): View {
  return {
    columns: ['ID', 'Display Name', 'Resource Type', 'Parent Resource'],
    *rows() {
      for (const resource of reader.resources(resourceType === undefined ? {} : { resourceType })) {
        const id = idOf(resource.id);
        yield {
          cells: cells(id.resource, resource.displayName, names.typeName(id.resourceType), parentCell(resource, names)),
          record: () => recordOf(resource, names),
        };
      }
    },
  };
}

function parentCell({ parentResourceId: parent }: Resource, names: Names): Cell {
  if (parent === undefined) return NOTHING;
  return { text: `${names.resourceName(parent, names.sharedResource(parent))} (${parent.resourceType})` };
}

function recordOf(resource: Resource, names: Names): object {
  const { resourceType, resource: id } = idOf(resource.id);
  const { parentResourceId: parent, annotations } = resource;
  const trait = findAny(annotations, UserTraitSchema) ?? findAny(annotations, RoleTraitSchema);
  const account = names.isUser(resourceType) ? accountFacts(resource) : undefined;
  return {
    resourceType,
    id,
    displayName: resource.displayName,
    description: resource.description,
    parent: parent === undefined ? null : reference(parent, names.sharedResource(parent)),
    ...(account === undefined ? {} : { email: account.email, status: account.status }),
    profile: resource.profile ?? trait?.profile ?? null,
  };
}
