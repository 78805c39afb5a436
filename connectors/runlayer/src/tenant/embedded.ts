import { fail } from '../errors.ts';
import type { Judge } from '../exceptions.ts';
import { readAssignments, type Held, type Reader } from '../mapping/assignment.ts';
import type { Row } from '../mapping/read-id.ts';
import { embeddedKeys } from './tenant-form.ts';

const where = 'A user';

/** The keys under which roles stand on this user, the fullest first. */
export function embeddedKeysOf(row: Row): string[] {
  return embeddedKeys.filter((key) => row[key] !== undefined);
}

/**
 * The roles that stand on a user.
 * @throws BatonError `RL-SHAPE` also when they stand there twice and differ: nothing says which is the whole
 */
export function readEmbedded(row: Row, key: string, reader: Reader): { held: Held[]; serverScoped: number } {
  const read = readAssignments(itemsOf(row, key, reader.judge), reader);
  for (const other of embeddedKeys) {
    if (other === key || row[other] === undefined) continue;
    // What is counted as it is read is counted once.
    const { held } = readAssignments(itemsOf(row, other, reader.judge), { ...reader, notes: reader.notes.aside() });
    const ids = new Set(read.held.map(({ role }) => role.id));
    const isSame = held.every(({ role }) => ids.has(role.id)) && (other === 'role' || held.length === ids.size);
    if (!isSame) throw fail('RL-SHAPE', { where, fault: `its "${key}" and "${other}" name different roles` });
  }
  return read;
}

function itemsOf(row: Row, key: string, judge: Judge): readonly unknown[] {
  const items = row[key];
  if (Array.isArray(items)) return items as unknown[];
  if (items === null) {
    if (judge.overruled('null-roles') === undefined) throw fail('RL-NULL-ROLES', { where });
    return [];
  }
  // The one key in the singular may hold one role.
  if (key === 'role') return [items];
  throw fail('RL-SHAPE', { where, fault: 'its roles are not a list' });
}
