import { fail } from '../errors.ts';
import { fold } from './fold.ts';
import { parseInstant, type Notes } from './notes.ts';
import { asRow, type Row } from './read-id.ts';
import type { RoleIndex } from './role-index.ts';
import { isServerRole, type RoleRecord } from './role.ts';

/** One role of one user, its sources merged. */
export interface Held {
  role: RoleRecord;
  sources: string[];
  /** The latest end, if each way of holding it ends. */
  expiresAt?: string;
}

export interface HeldRoles {
  held: Held[];
  serverScoped: number;
}

const where = "A user's role";

/**
 * The platform roles of one user from the rows of their list: texts, roles, `{role: …}` or `{role_id, …}`.
 *
 * @param now milliseconds; what ended before is dropped and counted
 * @throws BatonError `RL-SHAPE`, `RL-SCOPE`, `RL-ROLE-UNKNOWN`, `RL-ROLE-AMBIGUOUS`
 */
export function readAssignments(rows: readonly unknown[], roles: RoleIndex, notes: Notes, now: number): HeldRoles {
  const held = new Map<string, Held & { isEndless: boolean }>();
  let serverScoped = 0;
  for (const row of rows) {
    if (isForServer(row, roles)) {
      serverScoped++;
      continue;
    }
    const role = roles.resolve(referencesOf(row), roleIdOf(row));
    const { source, expires_at: end } = typeof row === 'string' ? ({} as Row) : asRow(row, where);
    const expiresAt = readEnd(end);
    if (expiresAt !== undefined && Date.parse(expiresAt) <= now) {
      notes.count('expiredDropped');
      continue;
    }
    let known = held.get(role.id);
    if (known === undefined) held.set(role.id, (known = { role, sources: [], isEndless: false }));
    const word = notes.text(source);
    if (word !== undefined && !known.sources.includes(word)) known.sources.push(word);
    if (expiresAt === undefined) known.isEndless = true;
    else if (known.expiresAt === undefined || Date.parse(known.expiresAt) < Date.parse(expiresAt))
      known.expiresAt = expiresAt;
  }
  return {
    held: [...held.values()].map(({ role, sources, expiresAt, isEndless }) => ({
      role,
      sources: sources.sort(),
      ...(expiresAt === undefined || isEndless ? {} : { expiresAt }),
    })),
    serverScoped,
  };
}

function isForServer(row: unknown, roles: RoleIndex): boolean {
  if (typeof row === 'string') return fold(row) === 'server_admin' || roles.isServerRole(row);
  const outer = asRow(row, where);
  const inner = outer['role'];
  if (isServerRole(outer)) return true;
  if (typeof inner === 'object' && inner !== null && isServerRole(asRow(inner, where))) return true;
  return referencesOf(row).some((reference) => roles.isServerRole(reference) || fold(reference) === 'server_admin');
}

/** Everything by which a row names its role, ids first. */
function referencesOf(row: unknown): string[] {
  if (typeof row === 'string') return [textOf(row)];
  const outer = asRow(row, where);
  const { role } = outer;
  const prefixed = pick(outer, ['role_id', 'role_slug', 'role_key', 'role_name']);
  if (typeof role === 'string') return [role, ...prefixed].map(textOf);
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
  if (typeof row === 'string') return undefined;
  const { role, role_id: id } = asRow(row, where);
  const inner = typeof role === 'object' && role !== null ? asRow(role, where) : {};
  return [id, inner['id'], inner['role_id']].find((value) => typeof value === 'string');
}

function pick(row: Row, keys: readonly string[]): unknown[] {
  return keys.map((key) => row[key]).filter((value) => value !== undefined && value !== null);
}

function textOf(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw fail('RL-SHAPE', { where, fault: 'what names the role is not a text' });
}

function readEnd(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const end = typeof value === 'string' ? parseInstant(value) : undefined;
  if (end === undefined) throw fail('RL-SHAPE', { where, fault: 'its expires_at is not a time' });
  return end;
}
