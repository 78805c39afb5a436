import { keysOf, type KeyHolder, type Keys } from './keys.ts';
import { peopleOf, type AccountType, type People, type Person } from './people.ts';
import { addedRole, rolesOf, type Role } from './roles.ts';

export interface TenantSettings {
  readonly seed: number;
  readonly users: number;
  readonly customRoles: number;
}

/** What can happen to a tenant after its first day. Everything needed to replay it stands in it. */
export type Draft =
  | {
      readonly kind: 'add';
      readonly userId: string;
      readonly name: string | null;
      readonly email: string;
      readonly type: AccountType;
      readonly roles: readonly string[];
    }
  | { readonly kind: 'delete'; readonly userId: string }
  /** A role of the tenant's own comes or goes; who held it holds it no more. */
  | { readonly kind: 'add-role'; readonly role: string; readonly name: string }
  | { readonly kind: 'delete-role'; readonly role: string }
  | Alteration;

/** A change of somebody who is there before and after. */
type Alteration =
  | { readonly kind: 'promote' | 'demote'; readonly userId: string; readonly role: string }
  | { readonly kind: 'deactivate' | 'reactivate'; readonly userId: string }
  | { readonly kind: 'rename'; readonly userId: string; readonly name: string | null; readonly email: string };

export type Change = Draft & {
  /** 1, 2, 3 … in the order of happening. */
  readonly n: number;
  /** ISO 8601, milliseconds. */
  readonly at: string;
  /** `admin`, or the name of the behaviour that did it. */
  readonly by: string;
  /** The number of the newest request to the tenant when it happened; 0 before the first. */
  readonly request?: number;
};

/** A refusal of a change, with the HTTP status of the admin API. */
export class RefusedChange extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * A tenant: people made from the seed on demand, and over them what changed since. Memory grows with the changes and
 * by four bytes a user, not with the size of a user.
 */
export class Tenant {
  readonly settings: TenantSettings;
  readonly keys: Keys;
  readonly holderOf: (key: string) => KeyHolder | undefined;
  readonly changes: Change[] = [];
  readonly #people: People;
  readonly #changed = new Map<number, Person>();
  readonly #deleted = new Set<number>();
  readonly #onChange: (change: Change) => void;
  readonly #now: () => Date;
  readonly #request: () => number;
  #roles: readonly Role[];
  /** Indexes of those whose row has moved to the end of the list, in the order of their moving. */
  #last: number[] = [];
  #nextIndex: number;
  /** Indexes in the order of the list, newest first; undefined after a change of membership. */
  #order: Uint32Array | undefined;

  constructor(
    settings: TenantSettings,
    now: () => Date,
    onChange: (change: Change) => void = () => {},
    request: () => number = () => 0,
  ) {
    this.settings = settings;
    this.#request = request;
    this.#roles = rolesOf(settings.seed, settings.customRoles);
    this.#people = peopleOf(
      settings.seed,
      settings.users,
      this.#roles.filter((role) => !role.isSystem && role.slug !== 'break_glass').map((role) => role.slug),
    );
    const { keys, holderOf } = keysOf(settings.seed, this.#people.owners);
    this.keys = keys;
    this.holderOf = holderOf;
    this.#nextIndex = settings.users;
    this.#now = now;
    this.#onChange = onChange;
  }

  get roles(): readonly Role[] {
    return this.#roles;
  }

  get count(): number {
    return this.#ordered().length;
  }

  /** The user at a place of the list, which runs from the newest to the oldest. */
  at(position: number): Person {
    return this.person(this.#ordered()[position]!)!;
  }

  person(index: number): Person | undefined {
    if (index >= this.#nextIndex || this.#deleted.has(index)) return undefined;
    return this.#changed.get(index) ?? this.#people.person(index);
  }

  byId(id: string): Person | undefined {
    const index = this.#people.indexOf(id);
    return index === undefined ? undefined : this.person(index);
  }

  /** The index whose id this is, of whoever it may be. */
  indexOf(id: string): number | undefined {
    return this.#people.indexOf(id);
  }

  idOf(index: number): string {
    return this.#people.idOf(index);
  }

  /** Moves a row to the end of the list, as a database without a sort order does after an update. No change of the tenant. */
  moveLast(person: Person): void {
    this.#last = [...this.#last.filter((index) => index !== person.index), person.index];
    this.#order = undefined;
  }

  /** The id that the next user to be added gets. */
  nextId(): string {
    return this.#people.idOf(this.#nextIndex);
  }

  /** Finds a role by slug or id. */
  role(reference: string): Role | undefined {
    return this.roles.find((role) => role.slug === reference || role.id === reference);
  }

  /** Roles of a person, in the order of the list of roles. */
  rolesOf(person: Person): Role[] {
    return this.roles.filter((role) => person.roles.includes(role.slug));
  }

  /** Whether one of the handed out keys is this person's. */
  ownsKey(person: Person): boolean {
    return Object.values(this.#people.owners).includes(person.index);
  }

  /** Everybody, in the order of the list at the time of the call. */
  *everybody(): Generator<Person> {
    for (const index of this.#ordered()) {
      const person = this.person(index);
      if (person) yield person;
    }
  }

  /**
   * Changes the tenant and logs it. Answers undefined where nothing had to change.
   * @throws RefusedChange if the user or role does not exist.
   */
  change(draft: Draft, by: string): Change | undefined {
    const at = this.#now().toISOString();
    const change: Change = { n: this.changes.length + 1, at, by, request: this.#request(), ...draft };
    if (!this.#apply(change)) return undefined;
    this.changes.push(change);
    this.#onChange(change);
    return change;
  }

  /** Applies changes of an earlier run, without logging them again. */
  replay(changes: Iterable<Change>): void {
    for (const change of changes) {
      this.#apply(change);
      this.changes.push(change);
    }
  }

  #apply(change: Change): boolean {
    if (change.kind === 'add') {
      const roles = change.roles.map((role) => this.#slug(role));
      const index = this.#nextIndex++;
      const newest = this.#newest(index);
      const after = newest === undefined ? 0 : Date.parse(newest.createdAt) + 1;
      const at = new Date(Math.max(Date.parse(change.at), after)).toISOString();
      this.#changed.set(index, {
        index,
        id: change.userId,
        name: change.name,
        email: change.email,
        type: change.type,
        isActive: true,
        createdAt: at,
        updatedAt: at,
        lastLoginAt: null,
        roles: [...new Set(roles)],
      });
      this.#order = undefined;
      return true;
    }
    if (change.kind === 'add-role') {
      if (this.role(change.role)) return false;
      this.#roles = [...this.#roles, addedRole(this.settings.seed, change.role, change.name)];
      return true;
    }
    if (change.kind === 'delete-role') {
      const slug = this.#slug(change.role);
      this.#roles = this.#roles.filter((role) => role.slug !== slug);
      return true;
    }
    const person = this.byId(change.userId);
    if (!person) throw new RefusedChange(404, `This tenant has no user ${change.userId}.`);
    if (change.kind === 'delete') {
      this.#deleted.add(person.index);
      this.#changed.delete(person.index);
      this.#order = undefined;
      return true;
    }
    const next = this.#changedPerson(person, change);
    if (!next) return false;
    this.#changed.set(person.index, { ...next, updatedAt: change.at });
    return true;
  }

  #changedPerson(person: Person, change: Alteration): Person | undefined {
    switch (change.kind) {
      case 'promote': {
        const slug = this.#slug(change.role);
        return person.roles.includes(slug) ? undefined : { ...person, roles: [...person.roles, slug] };
      }
      case 'demote': {
        const slug = this.#slug(change.role);
        if (!person.roles.includes(slug)) return undefined;
        return { ...person, roles: person.roles.filter((role) => role !== slug) };
      }
      case 'deactivate':
        return person.isActive ? { ...person, isActive: false } : undefined;
      case 'reactivate':
        return person.isActive ? undefined : { ...person, isActive: true };
      case 'rename':
        if (person.name === change.name && person.email === change.email) return undefined;
        return { ...person, name: change.name, email: change.email };
      default:
        return undefined;
    }
  }

  /** The newest of those before an index. */
  #newest(before: number): Person | undefined {
    for (let index = before - 1; index >= 0; index--) if (!this.#deleted.has(index)) return this.person(index);
    return undefined;
  }

  #slug(reference: string): string {
    const role = this.role(reference);
    if (!role) throw new RefusedChange(422, `This tenant has no role ${reference}.`);
    return role.slug;
  }

  #ordered(): Uint32Array {
    if (!this.#order) {
      const order = new Uint32Array(this.#nextIndex - this.#deleted.size);
      const last = this.#last.filter((index) => !this.#deleted.has(index));
      const isLast = new Set(last);
      let at = 0;
      for (let index = this.#nextIndex - 1; index >= 0; index--)
        if (!this.#deleted.has(index) && !isLast.has(index)) order[at++] = index;
      for (const index of last) order[at++] = index;
      this.#order = order;
    }
    return this.#order;
  }
}
