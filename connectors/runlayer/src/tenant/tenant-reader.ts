import type { Out, Taken } from '@batonkit/connector';
import { BatonError } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { Exceptions } from '../exceptions.ts';
import {
  isServerRow,
  mergeTerms,
  readAssignments,
  readTerm,
  roleOf,
  userOf,
  type Held,
  type Reader,
  type Term,
} from '../mapping/assignment.ts';
import { catalogueRole } from '../mapping/catalogue.ts';
import { Notes } from '../mapping/notes.ts';
import type { GrantRecord } from '../mapping/present.ts';
import { asRow, readId, writtenOut, type Row } from '../mapping/read-id.ts';
import { RoleIndex } from '../mapping/role-index.ts';
import { isServerRole, readRole, roleIdKeys, type RoleRecord } from '../mapping/role.ts';
import { isAdminTier } from '../mapping/tier.ts';
import { readUser, userIdKeys } from '../mapping/user.ts';
import { roleType, userType } from '../resource-types.ts';
import { readEmbedded } from './embedded.ts';

export interface ReaderOptions {
  ownerId: string;
  /** The key that names roles, if somebody says so. */
  roleId: string | undefined;
  isCatalogue: boolean;
  exceptions: Exceptions;
  /** Milliseconds since the Unix epoch. */
  now: number;
}

type Carried = Extract<Taken, object>;

/** Takes the rows of a tenant's lists, whatever lists they come from, and keeps what later rows need. */
export class TenantReader {
  readonly exceptions: Exceptions;
  /** Users with an administrator's flag and, so far, no role that administers. */
  readonly byFlag = new Set<string>();
  /** Further ways of holding a role that is already put out, by pair; few. */
  readonly further = new Map<string, Term[]>();
  notes = new Notes();
  roles = new RoleIndex();
  roleIdKey: string | undefined;
  ownerRoles = new Set<string>();
  serverScoped = { roles: 0, assignments: 0 };
  placeholders = 0;
  private readonly options: ReaderOptions;
  private userIdKey: string | undefined;
  /** Users with an administrator's flag. */
  private readonly flagged = new Set<string>();
  /** Of what is read only to be compared. */
  private readonly unheard = new Notes();

  constructor(options: ReaderOptions) {
    this.options = options;
    this.exceptions = options.exceptions;
  }

  restart(): void {
    this.byFlag.clear();
    this.flagged.clear();
    this.further.clear();
    this.notes = new Notes();
    this.roles = new RoleIndex();
    this.ownerRoles = new Set();
    this.serverScoped = { roles: 0, assignments: 0 };
    this.placeholders = 0;
  }

  roleId(row: unknown): string {
    const { roleId } = this.options;
    const keys = roleId === undefined ? roleIdKeys : [roleId];
    const known = asRow(row, 'A role');
    if (roleId !== undefined && (known[roleId] ?? null) === null) throw fail('RL-ROLE-ID', { first: roleId });
    const { id, key } = readId(known, keys, 'A role');
    this.roleIdKey ??= key;
    this.roles.areNamedById = ['id', 'role_id'].includes(this.roleIdKey);
    if (key !== this.roleIdKey) throw fail('RL-ROLE-ID', { first: this.roleIdKey, other: key });
    return id;
  }

  userId(row: unknown): string {
    const { id, key } = readId(row, userIdKeys, 'A user');
    // Below this path the API answers for the owner of the key, whose roles would be taken for the user's.
    if (id === 'me') throw fail('RL-SHAPE', { where: 'A user', fault: 'its id is the word for the owner of the key' });
    this.userIdKey ??= key;
    if (key === this.userIdKey) return id;
    const fault = `some are named by ${this.userIdKey}, others by ${key}`;
    throw fail('RL-SHAPE', { where: 'The list of users', fault });
  }

  takeRole(value: unknown, out: Out | undefined): Taken {
    const id = this.roleId(value);
    const row = asRow(value, 'A role');
    const isForServer = isServerRole(row, this.exceptions);
    if (out === undefined) return isForServer ? { isAside: true } : {};
    const role = (this.options.isCatalogue ? catalogueRole(id) : undefined) ?? readRole(row, id, this.notes);
    if (isForServer) {
      this.serverScoped.roles++;
      this.roles.addServerRole(role);
      return { isAside: true };
    }
    this.roles.add(role);
    this.putRole(role, out);
    return {};
  }

  /** A user without what may stand on it. */
  takeUser(value: unknown, out: Out | undefined): void {
    // Else the first assignment would be blamed.
    if (this.roles.size === 0) throw fail('RL-EMPTY', { what: 'roles' });
    if (out === undefined) return;
    const user = readUser(value, this.notes);
    if (user.flags !== undefined) {
      this.flagged.add(user.id);
      this.byFlag.add(user.id);
    }
    out.resource(userType.id, user.id, user);
  }

  /** A user whose roles stand on it under `key`. */
  takeEmbedded(value: unknown, key: string, out: Out | undefined): Taken {
    const row = asRow(value, 'A user');
    const user = this.userId(row);
    if (row[key] === undefined) return 'wrong-plan';
    this.takeUser(row, out);
    return this.doubting(() => ({
      carries: { assignments: this.put(user, readEmbedded(row, key, this.reader(out)), out) },
    }));
  }

  /** The list of one user's roles. */
  takeHeld(user: string, rows: readonly unknown[], out: Out | undefined): readonly string[] | { doubt: BatonError } {
    // Whoever is read again holds what is read last.
    if (out !== undefined) this.forgetHeld(user);
    const taken = this.doubting(() => ({
      carries: { assignments: this.put(user, readAssignments(rows, this.reader(out)), out) },
    }));
    return taken.doubt === undefined ? (taken.carries?.['assignments'] ?? []) : { doubt: taken.doubt };
  }

  /** A row of the list of one role's users. */
  takeHolder(role: string, row: unknown, out: Out | undefined): Taken {
    const where = "A role's user";
    const user = userOf(row, where, true);
    const other = typeof row === 'object' && row !== null ? writtenOut((row as Row)['id']) : undefined;
    // The id of another directory would look like a user who has gone.
    if (out?.has('users', user) === false && typeof other === 'string' && out.has('users', other))
      throw fail('RL-SHAPE', {
        where,
        fault: 'it has two ids, and the one that should name the user is that of nobody',
      });
    const reader = this.reader(out);
    if (this.roles.isServerRole(role) || isServerRow(row, this.exceptions)) return this.aside(out);
    const record = this.roles.get(role);
    if (record === undefined) throw fail('RL-ROLE-UNKNOWN', { role });
    return this.takePair(record, user, readTerm(row, reader), out);
  }

  /** A row of the list of all assignments. */
  takeFlat(row: unknown, out: Out | undefined): Taken {
    const user = userOf(row, 'An assignment', false);
    return this.doubting(() => {
      const reader = this.reader(out);
      const role = roleOf(row, reader);
      if (role === 'server') return this.aside(out);
      return this.takePair(role, user, readTerm(row, reader), out);
    });
  }

  /** The roles on a user that is only compared. */
  rolesIn(row: Row, key: string): string[] {
    return readEmbedded(row, key, this.comparing()).held.map(({ role }) => role.id);
  }

  /** Forgets what was seen of a user who is read again by itself. */
  forget(user: string): void {
    this.byFlag.delete(user);
    this.flagged.delete(user);
    for (const pair of this.further.keys()) if (pair.endsWith(`\n${user}`)) this.further.delete(pair);
    this.forgetHeld(user);
  }

  private forgetHeld(user: string): void {
    if (this.flagged.has(user)) this.byFlag.add(user);
    if (user === this.options.ownerId) this.ownerRoles.clear();
  }

  /** For reading what is compared and not put out. */
  comparing(): Reader {
    return this.reader(undefined);
  }

  private takePair(role: RoleRecord, user: string, term: Term | 'over', out: Out | undefined): Carried {
    if (term === 'over') return { isAside: true };
    const pair = pairOf(role.id, user);
    if (out?.has('assignments', pair) === true) {
      // Its grant is put out; what this row adds is added when it is served.
      const further = this.further.get(pair);
      if (further === undefined) this.further.set(pair, [term]);
      else further.push(term);
    } else if (out !== undefined) this.putGrant(user, { role, ...mergeTerms([term]) }, out);
    return { carries: { assignments: [pair] } };
  }

  /** Puts out the roles of one user; answers the members of the list of assignments. */
  private put(
    user: string,
    { held, serverScoped }: { held: readonly Held[]; serverScoped: number },
    out: Out | undefined,
  ): string[] {
    if (out !== undefined) {
      this.serverScoped.assignments += serverScoped;
      for (const one of held) this.putGrant(user, one, out);
    }
    return held.map(({ role }) => pairOf(role.id, user));
  }

  private putGrant(user: string, { role, sources, expiresAt }: Held, out: Out): void {
    if (isAdminTier(role.tier)) this.byFlag.delete(user);
    if (user === this.options.ownerId) this.ownerRoles.add(role.id);
    const grant: GrantRecord = { role: role.id, user };
    if (sources.length > 0) grant.sources = sources;
    if (expiresAt !== undefined) grant.expiresAt = expiresAt;
    out.grant(roleType.id, role.id, grant);
  }

  private putRole(role: RoleRecord, out: Out): void {
    out.resource(roleType.id, role.id, role);
    out.entitlement(roleType.id, role.id, role);
  }

  private aside(out: Out | undefined): Carried {
    if (out !== undefined) this.serverScoped.assignments++;
    return { isAside: true };
  }

  /** What later passes read is compared, and counted only once. */
  private reader(out: Out | undefined): Reader {
    const { roles, exceptions: judge } = this;
    const { now } = this.options;
    const notes = out === undefined ? this.unheard : this.notes;
    return { roles, notes, judge, now, placeholder: (id) => this.placeholder(id, out) };
  }

  private placeholder(id: string, out: Out | undefined): RoleRecord {
    const role: RoleRecord = { id, label: id, isPlaceholder: true };
    this.roles.add(role);
    if (out !== undefined) {
      this.placeholders++;
      this.putRole(role, out);
    }
    return role;
  }

  /** A role that nobody has heard of may have been made since the roles were read. */
  private doubting(take: () => Carried): Carried {
    try {
      return take();
    } catch (error) {
      if (error instanceof BatonError && error.code === 'RL-ROLE-UNKNOWN') return { doubt: error };
      throw error;
    }
  }
}

/** How an assignment is told from others. */
export const pairOf = (role: string, user: string): string => `${role}\n${user}`;
