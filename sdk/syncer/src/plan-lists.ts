import type { Resource } from '@batonkit/protocol';
import type { Action, NewAction, Operation } from './checkpoint.ts';
import { has } from './refused-annotations.ts';
import type { SyncTarget } from './sync-scope.ts';
import type { SyncState } from './sync-state.ts';

/** The next list to begin, and what the root says once it has been taken. */
export interface Planned {
  action: NewAction;
  rootToken: string;
  /** Of a visit. */
  resource?: Resource;
}

/**
 * All lists of one operation that are still to be begun, by the root's position: one per type, then those that
 * resources ask for. Ends at the end of what is known now; children may add more.
 *
 * @param only types of which a list is begun; without it all
 */
export async function* planLists(
  operation: Operation,
  root: Action,
  state: SyncState,
  only?: ReadonlySet<string>,
): AsyncGenerator<Planned> {
  const [, stage = 'types', digits = '0'] = /^(types|children|visits):(\d+)$/.exec(root.pageToken) ?? [];
  let from = Number(digits);
  if (stage === 'types') {
    for (const [index, { id, annotations }] of state.types.entries()) {
      if (index < from || only?.has(id) === false) continue;
      const rootToken = `types:${index + 1}`;
      if (operation === 'list-resources' || operation === 'list-static-entitlements') {
        yield { action: { operation, resourceTypeId: id }, rootToken };
      } else if (has(annotations, scoped(operation)) && !skips(operation, annotations)) {
        yield { action: { operation, resourceTypeId: id, typeScoped: true }, rootToken };
      }
    }
    from = 0;
  }
  if (operation === 'list-resources') yield* children(operation, from, state);
  if (operation === 'list-entitlements' || operation === 'list-grants') yield* visits(operation, from, state);
}

/** The resources that are synced by themselves, in the order of their ids: a resumed run has the same. */
export function* planTargets(root: Action, targets: readonly SyncTarget[]): Generator<Planned> {
  const from = Number(root.pageToken.slice('targets:'.length));
  for (const [index, { id, parentResourceId: parent }] of targets.entries()) {
    if (index < from) continue;
    yield {
      action: {
        operation: 'targeted-resource-sync',
        resourceTypeId: id?.resourceType ?? '',
        resourceId: id?.resource ?? '',
        ...(parent === undefined
          ? {}
          : { parentResourceTypeId: parent.resourceType, parentResourceId: parent.resource }),
      },
      rootToken: `targets:${index + 1}`,
    };
  }
}

async function* children(operation: Operation, from: number, state: SyncState): AsyncGenerator<Planned> {
  let index = -1;
  for await (const { resourceTypeId, parentResourceId } of state.children.read()) {
    index += 1;
    if (index < from) continue;
    yield {
      action: {
        operation,
        resourceTypeId,
        parentResourceTypeId: parentResourceId?.resourceType ?? '',
        parentResourceId: parentResourceId?.resource ?? '',
      },
      rootToken: `children:${index + 1}`,
    };
  }
}

async function* visits(operation: Operation, from: number, state: SyncState): AsyncGenerator<Planned> {
  let index = -1;
  for await (const resource of state.visits.read()) {
    index += 1;
    if (index < from) continue;
    const { resourceType = '', resource: resourceId = '' } = resource.id ?? {};
    const onType = state.type(resourceType)?.annotations ?? [];
    if (skips(operation, onType) || has(onType, scoped(operation))) continue;
    if (skips(operation, resource.annotations) || has(resource.annotations, own(operation))) continue;
    yield {
      action: { operation, resourceTypeId: resourceType, resourceId, position: index },
      rootToken: `visits:${index + 1}`,
      resource,
    };
  }
}

/** Whether a resource of the type may have to be asked anything. */
export function isVisited(onType: Resource['annotations']): boolean {
  return !has(onType, 'SkipEntitlementsAndGrants');
}

const scoped = (operation: Operation): string =>
  operation === 'list-entitlements' ? 'TypeScopedEntitlements' : 'TypeScopedGrants';
// SkipGrants is defined on resources alone: on a type it would have to be guessed what it means.
const own = (operation: Operation): string => (operation === 'list-entitlements' ? 'SkipEntitlements' : 'SkipGrants');
const skips = (operation: Operation, annotations: Resource['annotations']): boolean =>
  has(annotations, 'SkipEntitlementsAndGrants') ||
  (operation === 'list-entitlements' && has(annotations, 'SkipEntitlements'));
