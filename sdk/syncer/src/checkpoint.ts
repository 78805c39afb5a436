/** The steps of a sync, by their genuine names (protocol: runtime 2.3). */
export type Operation =
  | 'init'
  | 'list-resource-types'
  | 'list-resources'
  | 'list-static-entitlements'
  | 'list-entitlements'
  | 'list-grants';

export interface Action {
  id: string;
  operation: Operation;
  pageToken: string;
  resourceTypeId?: string;
  resourceId?: string;
  typeScoped?: true;
}

export type NewAction = Omit<Action, 'id' | 'pageToken'>;

/**
 * The stack of steps still to do. Its JSON is stored with the rows of each answer, so that the file
 * says at every moment how far it got, in the form that the genuine syncer stores (protocol: runtime 2.5).
 */
export class Checkpoint {
  private readonly stack: Action[] = [];
  private lastId = 0;
  private completed = 0;
  private typeScoped = false;

  /** Puts actions on the stack; the first one given is worked on first. */
  push(...actions: NewAction[]): void {
    for (const action of actions.toReversed()) {
      this.lastId += 1;
      if (action.typeScoped) this.typeScoped = true;
      this.stack.push({ id: String(this.lastId).padStart(10, '0'), pageToken: '', ...action });
    }
  }

  current(): Action | undefined {
    return this.stack.at(-1);
  }

  /** Records that the action on top goes on at this token. */
  advance(pageToken: string): void {
    const top = this.stack.at(-1);
    if (top !== undefined) top.pageToken = pageToken;
  }

  /** Takes the action on top away: it is done. */
  finish(): void {
    if (this.stack.pop() !== undefined) this.completed += 1;
  }

  toToken(): string {
    return JSON.stringify({
      ...(this.stack.length === 0
        ? {}
        : {
            actions_map: Object.fromEntries(this.stack.map((action) => [action.id, toJson(action)])),
            action_order: this.stack.map((action) => action.id),
          }),
      current_action_id: this.lastId,
      completed_actions_count: this.completed,
      version: this.typeScoped ? 2 : 1,
    });
  }
}

function toJson(action: Action): Record<string, unknown> {
  return {
    id: action.id,
    operation: action.operation,
    ...(action.pageToken === '' ? {} : { page_token: action.pageToken }),
    ...(action.resourceTypeId === undefined ? {} : { resource_type_id: action.resourceTypeId }),
    ...(action.resourceId === undefined ? {} : { resource_id: action.resourceId }),
    ...(action.typeScoped ? { type_scoped: true } : {}),
  };
}
