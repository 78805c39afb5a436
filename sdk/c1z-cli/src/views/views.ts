import type { C1zReader } from '@batonkit/c1z';
import type { Filter, ViewName } from '../request.ts';
import { adminsView } from './admins.ts';
import { entitlementsView } from './entitlements.ts';
import { grantsView } from './grants.ts';
import type { Names } from './names.ts';
import { principalsView } from './principals.ts';
import { resourceTypesView } from './resource-types.ts';
import { resourcesView } from './resources.ts';
import { syncsView } from './syncs.ts';
import type { View } from './view.ts';

type Make = (reader: C1zReader, names: Names, filter: Filter, path: string) => View;

/** The views by their names on the command line. */
export const views: Record<ViewName, Make> = {
  'resource-types': resourceTypesView,
  resources: resourcesView,
  entitlements: entitlementsView,
  grants: grantsView,
  principals: principalsView,
  syncs: syncsView,
  admins: (reader, names, _filter, path) => adminsView(reader, names, path),
};
