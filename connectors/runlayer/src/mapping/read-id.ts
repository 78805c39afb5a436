import { fail } from '../errors.ts';

export type Row = Readonly<Record<string, unknown>>;

/** @throws BatonError `RL-SHAPE` unless it is an object */
export function asRow(value: unknown, where: string): Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail('RL-SHAPE', { where, fault: 'it is not an object' });
  }
  return value as Row;
}

/**
 * The id of a row: the first of the keys that is there.
 * @throws BatonError `RL-SHAPE`: a row that cannot be named cannot be proven
 */
export function readId(value: unknown, keys: readonly string[], where: string): { id: string; key: string } {
  const row = asRow(value, where);
  const key = keys.find((key) => row[key] !== undefined && row[key] !== null);
  if (key === undefined) throw fail('RL-SHAPE', { where, fault: 'it has no id' });
  return { id: checkId(row[key], where, `its ${key}`), key };
}

/**
 * An id as it is used from here on: whole numbers are written out.
 * @throws BatonError `RL-SHAPE`
 */
export function checkId(value: unknown, where: string, what: string): string {
  const id = writtenOut(value);
  const fault = faultOfId(id);
  if (fault !== undefined) throw fail('RL-SHAPE', { where, fault: `${what} ${fault}` });
  return id as string;
}

/** As ids are compared: a whole number is the same as its text. */
export const writtenOut = (id: unknown): unknown => (Number.isSafeInteger(id) ? String(id) : id);

/** Ids are composed to longer ones (at most 1,024 bytes) and stand in paths, where dots alone mean something else. */
function faultOfId(id: unknown): string | undefined {
  if (typeof id !== 'string') return 'is neither a text nor a whole number';
  if (id === '') return 'is empty';
  if (/^\.{1,2}$/.test(id)) return 'is made of dots';
  if (/[\p{Cc}\p{Cs}]/u.test(id)) return 'holds control characters';
  if (Buffer.byteLength(id) > 400) return 'is too long';
  return undefined;
}
