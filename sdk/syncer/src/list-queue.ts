import type { Resource } from '@batonkit/protocol';
import type { Action, Operation } from './checkpoint.ts';
import { planLists, planTargets } from './plan-lists.ts';
import type { Planned } from './plan-lists.ts';
import type { SyncTarget } from './sync-scope.ts';
import type { SyncState } from './sync-state.ts';

/** Hands out the lists of an operation, each to one worker. */
export class ListQueue {
  private readonly state: SyncState;
  /** Of types, only those of the resources that are synced by themselves. */
  private readonly targets: readonly SyncTarget[];
  private readonly plans = new Map<Operation, AsyncGenerator<Planned>>();
  private readonly busy = new Set<string>();
  private readonly subjects = new Map<string, Resource>();

  constructor(state: SyncState, targets: readonly SyncTarget[]) {
    this.state = state;
    this.targets = targets;
  }

  /** One that an earlier run or another list has begun, or else a new one; undefined when there is none now. */
  async next(operation: Operation, root: Action | undefined): Promise<Action | undefined> {
    const { checkpoint } = this.state;
    const begun = checkpoint.lists(operation).findLast(({ id }) => !this.busy.has(id));
    if (begun !== undefined) {
      this.busy.add(begun.id);
      return begun;
    }
    if (root === undefined) return undefined;
    let plan = this.plans.get(operation);
    if (plan === undefined) this.plans.set(operation, (plan = this.plan(operation, root)));
    const next = await plan.next();
    if (next.done === true) {
      // Lists of children may have grown meanwhile; nothing else can. A worker that asked later may have a new plan.
      if (operation === 'list-resources' && this.plans.get(operation) === plan) this.plans.delete(operation);
      return undefined;
    }
    root.pageToken = next.value.rootToken;
    const [action] = checkpoint.push(next.value.action);
    if (action === undefined) return undefined;
    this.busy.add(action.id);
    if (next.value.resource !== undefined) this.subjects.set(action.id, next.value.resource);
    return action;
  }

  private async *plan(operation: Operation, root: Action): AsyncGenerator<Planned> {
    if (operation === 'targeted-resource-sync') yield* planTargets(root, this.targets);
    else yield* this.planTypes(operation, root);
  }

  private async *planTypes(operation: Operation, root: Action): AsyncGenerator<Planned> {
    const { state, targets } = this;
    const types = new Set<string>();
    if (targets.length > 0) for await (const { id } of state.visits.read()) types.add(id?.resourceType ?? '');
    yield* planLists(operation, root, state, targets.length > 0 ? types : undefined);
  }

  /** The resource that a list is about, as it was stored; none when it is about a whole type. */
  async subject({ id, position, typeScoped }: Action): Promise<Resource | undefined> {
    if (typeScoped || position === undefined) return undefined;
    const resource = this.subjects.get(id) ?? (await this.state.visited(position));
    if (resource !== undefined) this.subjects.set(id, resource);
    return resource;
  }

  /** The list has ended. */
  release({ id }: Action): void {
    this.busy.delete(id);
    this.subjects.delete(id);
  }

  /** No more of this operation; nothing stays open. */
  async close(operation: Operation): Promise<void> {
    await this.plans.get(operation)?.return(undefined);
    this.plans.delete(operation);
  }
}
