import { fail } from '../errors.ts';
import type { Judge } from '../exceptions.ts';
import { fold } from './fold.ts';
import { parseInstant, type Notes } from './notes.ts';
import { asRow, checkId, writtenOut, type Row } from './read-id.ts';
import { shown, type RoleIndex } from './role-index.ts';
import { isServerRole, type RoleRecord } from './role.ts';
import { readScope } from './scope.ts';

/** What assignments are read with. */
export interface Reader {
  roles: RoleIndex;
  notes: Notes;
  judge: Judge;
  /** Milliseconds since the Unix epoch; what ended before is over. */
  now: number;
  /** Takes the place of a role that is not in the list, if somebody overruled the judgement. */
  placeholder(id: string): RoleRecord;
}

/** One way of holding a role. */
export interface Term {
  source?: string;
  /** RFC 3339; absent when it does not end. */
  expiresAt?: string;
}

/** One role of one user, its sources merged. */
export interface Held {
  role: RoleRecord;
  sources: string[];
  /** The latest end, if each way of holding it ends. */
  expiresAt?: string;
}

const where = "A user's role";

/**
 * The platform roles of one user from the rows of their list: texts, roles, `{role: …}` or `{role_id, …}`.
 * @throws BatonError `RL-SHAPE`, `RL-SCOPE`, `RL-ROLE-UNKNOWN`, `RL-ROLE-AMBIGUOUS`
 */
export function readAssignments(rows: readonly unknown[], reader: Reader): { held: Held[]; serverScoped: number } {
  const held: Held[] = [];
  /** All ways of holding a role that came more than once; rare. */
  let terms: Map<RoleRecord, Term[]> | undefined;
  let serverScoped = 0;
  for (const row of rows) {
    const role = roleOf(row, reader);
    if (role === 'server') {
      serverScoped++;
      continue;
    }
    const term = readTerm(row, reader);
    if (term === 'over') continue;
    const known = held.find((one) => one.role === role);
    if (known === undefined) {
      held.push(heldOf(role, term));
      continue;
    }
    terms ??= new Map();
    const all = terms.get(role) ?? termsOf(known);
    all.push(term);
    terms.set(role, all);
  }
  if (terms === undefined) return { held, serverScoped };
  const merged = terms;
  return {
    held: held.map((one) => {
      const all = merged.get(one.role);
      return all === undefined ? one : { role: one.role, ...mergeTerms(all) };
    }),
    serverScoped,
  };
}

function heldOf(role: RoleRecord, { source, expiresAt }: Term): Held {
  const sources = source === undefined ? [] : [source];
  return expiresAt === undefined ? { role, sources } : { role, sources, expiresAt };
}

/** The ways that a grant was made of. */
export function termsOf({
  sources,
  expiresAt,
}: {
  sources?: readonly string[];
  expiresAt?: string | undefined;
}): Term[] {
  return (sources === undefined || sources.length === 0 ? [undefined] : sources).map((source) => ({
    ...(source === undefined ? {} : { source }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }));
}

/** The role that a row means; `server`: it is given for one server. @throws BatonError `RL-ROLE-UNKNOWN` … */
export function roleOf(row: unknown, reader: Reader): RoleRecord | 'server' {
  const { meant } = reader.roles;
  const key = keyOf(row);
  // Most rows say the same of a role as many before.
  const seen = key === undefined ? undefined : meant.get(key);
  if (seen !== undefined && saySame(seen.row, row)) return seen.role;
  const role = findRole(row, reader);
  // Rows with ids of their own never say the same twice; they must not fill the memory.
  const isKept = meant.size < mostMeant && role !== 'server' && role.isPlaceholder !== true;
  if (key !== undefined && isKept) meant.set(key, { row, role });
  return role;
}

const mostMeant = 5000;

function findRole(row: unknown, reader: Reader): RoleRecord | 'server' {
  const references = referencesOf(row);
  if (isForServer(row, reader)) return 'server';
  const id = roleIdOf(row);
  const role = reader.roles.resolve(references, id);
  if (role !== undefined) return role;
  if (reader.judge.overruled('unknown-role') === undefined) throw fail('RL-ROLE-UNKNOWN', { role: shown(references) });
  reader.notes.count('unknownRoles');
  return reader.placeholder(checkId(id ?? references[0], where, 'what names the role'));
}

/** The first name that a plain row has for its role; undefined for rows that say more, or in an odd way. */
function keyOf(row: unknown): string | undefined {
  if (typeof row === 'string') return row;
  if (!isObject(row)) return undefined;
  const { id, slug, name, role_id: roleId, source } = row;
  let first: string | undefined;
  let known = source === undefined ? 0 : 1;
  for (const value of [id, slug, name, roleId]) {
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '') return undefined;
    first ??= value;
    known++;
  }
  // A key that is not looked at here may change what the row means.
  return Object.keys(row).length === known ? first : undefined;
}

/** Whether two plain rows say the same of their roles. */
function saySame(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return one === other;
  return (
    one['id'] === other['id'] &&
    one['slug'] === other['slug'] &&
    one['name'] === other['name'] &&
    one['role_id'] === other['role_id']
  );
}

/** Source and end of a row; `over` when it has ended. */
export function readTerm(row: unknown, { notes, now }: Reader): Term | 'over' {
  if (typeof row !== 'object' || row === null) return {};
  const { source, expires_at: end } = row as Row;
  const expiresAt = readEnd(end);
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now) {
    notes.count('expiredDropped');
    return 'over';
  }
  const term: Term = {};
  const word = notes.text(source);
  if (word !== undefined) term.source = word;
  if (expiresAt !== undefined) term.expiresAt = expiresAt;
  return term;
}

/** Several ways of holding one role, as one grant. */
export function mergeTerms(terms: readonly Term[]): { sources: string[]; expiresAt?: string } {
  const sources = [...new Set(terms.map(({ source }) => source).filter((source) => source !== undefined))].sort();
  const ends = terms.map(({ expiresAt }) => expiresAt).filter((end) => end !== undefined);
  if (ends.length === 0 || ends.length < terms.length) return { sources };
  return { sources, expiresAt: ends.reduce((last, end) => (Date.parse(end) > Date.parse(last) ? end : last)) };
}

/** The user that a row of a role's list, or of the list of all assignments, means. @throws BatonError `RL-SHAPE` */
export function userOf(row: unknown, where: string, isRowOfUser: boolean): string {
  if (!isObject(row)) return checkId(row, where, 'what names the user');
  const { user } = row;
  const inner = (isObject(user) ? userIdsOf(user) : [user]).filter(isThere);
  const id = [row['user_id'], ...inner, ...(isRowOfUser ? userIdsOf(row) : [])].find(isThere);
  if (id === undefined) throw fail('RL-SHAPE', { where, fault: 'it names no user' });
  const named = checkId(id, where, 'what names the user');
  // Who gave a role must not be taken for who holds it; a text beside the id may be a name.
  if (isObject(user) && inner.length > 0 && !inner.some((id) => writtenOut(id) === named))
    throw fail('RL-SHAPE', { where, fault: 'no id in its "user" is its "user_id"' });
  return named;
}

const userIdsOf = (row: Row): unknown[] => [row['id'], row['user_id'], row['uuid']];
const isThere = (value: unknown): boolean => value !== undefined && value !== null;
const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a row that stands below a role is for one server. */
export function isServerRow(row: unknown, judge: Judge): boolean {
  return isObject(row) && readScope(row, where, judge) === 'server';
}

/** By what the row itself says, whatever role it means. */
function isForServer(row: unknown, { judge }: Reader): boolean {
  const isNamedSo = referencesOf(row).some((reference) => fold(reference) === 'server_admin');
  if (!isObject(row)) return isNamedSo;
  const inner = row['role'];
  return isServerRole(row, judge) || (isObject(inner) && isServerRole(inner, judge)) || isNamedSo;
}

/** Everything by which a row names its role, ids first. */
function referencesOf(row: unknown): string[] {
  if (typeof row === 'string' || typeof row === 'number') return [textOf(row)];
  const outer = asRow(row, where);
  const { role } = outer;
  const prefixed = pick(outer, ['role_id', 'role_slug', 'role_key', 'role_name']);
  if (typeof role === 'string' || typeof role === 'number') return [role, ...prefixed].map(textOf);
  if (role !== undefined && role !== null)
    return [...pick(asRow(role, where), ['id', 'role_id', 'slug', 'key', 'name']), ...prefixed].map(textOf);
  // Beside a role_id, a plain id or name is the assignment's own.
  const references =
    prefixed.length > 0 ? prefixed : pick(outer, ['id', 'slug', 'key', 'name', 'display_name', 'label']);
  if (references.length === 0) throw fail('RL-SHAPE', { where, fault: 'it names no role' });
  return references.map(textOf);
}

/** What a row calls the id of its role, and not perhaps its own. */
function roleIdOf(row: unknown): string | undefined {
  if (!isObject(row)) return undefined;
  const { role, role_id: id } = row;
  const inner = isObject(role) ? role : {};
  const found = [id, inner['id'], inner['role_id']].find(
    (value) => typeof value === 'string' || typeof value === 'number',
  );
  return found === undefined ? undefined : String(found);
}

function pick(row: Row, keys: readonly string[]): unknown[] {
  return keys.map((key) => row[key]).filter((value) => value !== undefined && value !== null);
}

function textOf(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  if (Number.isSafeInteger(value)) return String(value);
  throw fail('RL-SHAPE', { where, fault: 'what names the role is not a text' });
}

function readEnd(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const end = typeof value === 'string' ? parseInstant(value) : undefined;
  // Some write a time without a value as the year 1 or 1970: that is no role that has ended.
  if (end === undefined || end < '1971')
    throw fail('RL-SHAPE', {
      where,
      fault: 'its expires_at is no time after 1970, and an earlier one may stand for none',
    });
  return end;
}
