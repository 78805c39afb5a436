import type { C1zReader } from '@batonkit/c1z';
import type { Filter } from '../request.ts';
import type { Names } from './names.ts';
import { RESOURCE_COLUMNS, resourceRow } from './resources.ts';
import type { View } from './view.ts';

/** Who holds such grants, each once. */
export function principalsView(reader: C1zReader, names: Names, filter: Filter): View {
  return {
    columns: RESOURCE_COLUMNS,
    member: 'resources',
    *rows() {
      for (const id of reader.principals(filter)) yield resourceRow(names, id, names.resource(id));
    },
  };
}
