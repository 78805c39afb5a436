/** The steps of a sync, by their genuine names (protocol: runtime 2.3). */
export type Operation =
  | 'init'
  | 'list-resource-types'
  | 'list-resources'
  | 'targeted-resource-sync'
  | 'list-static-entitlements'
  | 'list-entitlements'
  | 'list-grants'
  | 'grant-expansion';

/** One list that is being read, or, without a type, the root that all lists of its operation come from. */
export interface Action {
  id: string;
  operation: Operation;
  /** Of a root: how much of its source has been taken, as `targets:<n>`, `types:<n>`, `children:<n>` or `visits:<n>`. */
  pageToken: string;
  resourceTypeId?: string;
  resourceId?: string;
  parentResourceTypeId?: string;
  parentResourceId?: string;
  typeScoped?: true;
  /** Begun by a token that another list handed out beside its own next one. */
  spawned?: true;
  /** Of a visit: which of the resources in the visit file. Of static entitlements: how many of them are done. */
  position?: number;
}

export type NewAction = Omit<Action, 'id' | 'pageToken'> & { pageToken?: string };

/** What a run needs beside the stack to go on where another one ended. Not part of the genuine form. */
export interface Marks {
  /** When it was written, milliseconds since the epoch. */
  at: number;
  /** Bytes of the files in the working directory that belong to what is committed. */
  sizes: Readonly<Record<string, number>>;
  stored: Readonly<Record<string, number>>;
}

/**
 * The stack of steps still to do. Its JSON is stored with the rows of each answer, so that the file
 * says at every moment how far it got, in the form that the genuine syncer stores (protocol: runtime 2.5).
 */
export class Checkpoint {
  /** Bottom first. */
  private readonly stack = new Map<string, Action>();
  private lastId = 0;
  private completed = 0;
  private version: 1 | 2 = 1;
  /** A grant was stored whose group's members are to hold it, too. */
  needsExpansion = false;

  /** Puts actions on the stack; the first one given is worked on first. */
  push(...actions: NewAction[]): Action[] {
    return actions
      .toReversed()
      .map((action) => {
        this.lastId += 1;
        if (action.typeScoped || action.spawned) this.version = 2;
        const pushed = { pageToken: '', ...action, id: String(this.lastId).padStart(10, '0') };
        this.stack.set(pushed.id, pushed);
        return pushed;
      })
      .toReversed();
  }

  top(): Action | undefined {
    return [...this.stack.values()].at(-1);
  }

  /** The lists of an operation that have been begun and not ended. */
  lists(operation: Operation): Action[] {
    return [...this.stack.values()].filter((one) => one.operation === operation && one.resourceTypeId !== undefined);
  }

  root(operation: Operation): Action | undefined {
    return [...this.stack.values()].find((one) => one.operation === operation && one.resourceTypeId === undefined);
  }

  /** Takes an action away: it is done. */
  finish(action: Action): void {
    if (this.stack.delete(action.id)) this.completed += 1;
  }

  has(action: Action): boolean {
    return this.stack.has(action.id);
  }

  isEmpty(): boolean {
    return this.stack.size === 0;
  }

  /** Without marks it is what stays in the file. */
  toToken(marks?: Marks): string {
    return JSON.stringify({
      ...(this.isEmpty()
        ? {}
        : {
            actions_map: Object.fromEntries([...this.stack].map(([id, action]) => [id, toJson(action)])),
            action_order: [...this.stack.keys()],
          }),
      current_action_id: this.lastId,
      ...(this.needsExpansion ? { needs_expansion: true } : {}),
      completed_actions_count: this.completed,
      version: this.version,
      ...(marks === undefined ? {} : { batonkit: marks }),
    });
  }

  /** Undefined when the text is not a token of ours. */
  static parse(token: string): { checkpoint: Checkpoint; marks: Marks | undefined } | undefined {
    let json: Token;
    try {
      json = JSON.parse(token) as Token;
    } catch {
      return undefined;
    }
    const { actions_map: actions = {}, action_order: order = [], current_action_id: lastId, batonkit: marks } = json;
    if (typeof lastId !== 'number' || (order.length > 0 && marks === undefined)) return undefined;
    const checkpoint = new Checkpoint();
    for (const id of order) {
      const action = actions[id];
      if (action === undefined) return undefined;
      checkpoint.stack.set(id, fromJson(action));
    }
    checkpoint.lastId = lastId;
    checkpoint.needsExpansion = json.needs_expansion === true;
    checkpoint.completed = json.completed_actions_count ?? 0;
    checkpoint.version = json.version === 2 ? 2 : 1;
    return { checkpoint, marks };
  }
}

interface Token {
  actions_map?: Record<string, JsonAction>;
  action_order?: string[];
  current_action_id?: number;
  needs_expansion?: boolean;
  completed_actions_count?: number;
  version?: number;
  batonkit?: Marks;
}

interface JsonAction {
  id: string;
  operation: Operation;
  page_token?: string;
  resource_type_id?: string;
  resource_id?: string;
  parent_resource_type_id?: string;
  parent_resource_id?: string;
  type_scoped?: true;
  spawned?: true;
  batonkit_position?: number;
}

function toJson(action: Action): JsonAction {
  return {
    id: action.id,
    operation: action.operation,
    ...(action.pageToken === '' ? {} : { page_token: action.pageToken }),
    ...(action.resourceTypeId === undefined ? {} : { resource_type_id: action.resourceTypeId }),
    ...(action.resourceId === undefined ? {} : { resource_id: action.resourceId }),
    ...(action.parentResourceTypeId === undefined ? {} : { parent_resource_type_id: action.parentResourceTypeId }),
    ...(action.parentResourceId === undefined ? {} : { parent_resource_id: action.parentResourceId }),
    ...(action.typeScoped ? { type_scoped: true } : {}),
    ...(action.spawned ? { spawned: true } : {}),
    ...(action.position === undefined ? {} : { batonkit_position: action.position }),
  };
}

function fromJson(json: JsonAction): Action {
  return {
    id: json.id,
    operation: json.operation,
    pageToken: json.page_token ?? '',
    ...(json.resource_type_id === undefined ? {} : { resourceTypeId: json.resource_type_id }),
    ...(json.resource_id === undefined ? {} : { resourceId: json.resource_id }),
    ...(json.parent_resource_type_id === undefined ? {} : { parentResourceTypeId: json.parent_resource_type_id }),
    ...(json.parent_resource_id === undefined ? {} : { parentResourceId: json.parent_resource_id }),
    ...(json.type_scoped ? { typeScoped: true } : {}),
    ...(json.spawned ? { spawned: true } : {}),
    ...(json.batonkit_position === undefined ? {} : { position: json.batonkit_position }),
  };
}
