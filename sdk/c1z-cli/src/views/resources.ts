import type { C1zReader } from '@batonkit/c1z';
import type { Resource } from '@batonkit/protocol';
import type { Filter } from '../request.ts';
import { idOf } from './names.ts';
import type { Id, Names } from './names.ts';
import { resourceOutput } from './records.ts';
import { cells, NOTHING } from './view.ts';
import type { Cell, View, ViewRow } from './view.ts';

export const RESOURCE_COLUMNS = ['ID', 'Display Name', 'Resource Type', 'Parent Resource'];

export function resourcesView(reader: C1zReader, names: Names, { resourceType }: Filter): View {
  return {
    columns: RESOURCE_COLUMNS,
    member: 'resources',
    *rows() {
      for (const resource of reader.resources(resourceType === undefined ? {} : { resourceType }))
        yield { ...resourceRow(names, idOf(resource.id), resource), cells: listed(names, resource) };
    },
  };
}

/** A resource that something refers to: what the file does not have shows as missing. */
export function resourceRow(names: Names, id: Id, found: Resource | undefined): ViewRow {
  return {
    cells: cells(id.resource, names.resourceName(id, found), names.typeName(id.resourceType), parentCell(names, found)),
    record: () => resourceOutput(names, id, found),
  };
}

function listed(names: Names, resource: Resource): Cell[] {
  const id = idOf(resource.id);
  return cells(id.resource, resource.displayName, names.typeName(id.resourceType), parentCell(names, resource));
}

function parentCell(names: Names, resource: Resource | undefined): Cell {
  const parent = resource?.parentResourceId;
  if (parent === undefined) return NOTHING;
  return { text: `${names.resourceName(parent, names.sharedResource(parent))} (${parent.resourceType})` };
}
