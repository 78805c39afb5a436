import type { Judge } from '../exceptions.ts';
import { fail } from '../errors.ts';
import { faultIn } from './fault-in.ts';
import { isFullPage, saysEnd, saysMore, totalIn } from './more-follows.ts';

/** Keys under which an API of this kind puts a list. Two of them in one answer cannot be told apart. */
const listKeys = ['data', 'items', 'results', 'users', 'roles', 'members', 'assignments'];
/** Names of the count. */
const countKeys = ['count', 'total', 'total_count'];

/** How an answer points to what follows. */
export type Next = { kind: 'cursor' | 'page' | 'link'; value: string };

export interface Opened {
  rows: readonly unknown[];
  /** How many rows the list has; null when the answer does not say. */
  count: number | null;
  /** The answer says itself that rows follow. */
  isMore: boolean;
  /** A number that looks like the size of the whole list, where the answer has no count under a known name. */
  total?: number;
  next?: Next;
  /** The key of the list and that of the count, for `doctor`; a bare list has neither. */
  form: { list: string | null; count: string | null; follows: string | null };
}

/**
 * Opens what a list is wrapped in: `{data, count}`, other keys for the same, or a bare list.
 *
 * @throws BatonError `RL-SHAPE`, `RL-NULL-ROLES`
 */
export function openEnvelope(json: unknown, where: string, options: { isRolesOfUser?: boolean; judge: Judge }): Opened {
  const wrong = (fault: string): Error => fail('RL-SHAPE', { where, fault });
  if (Array.isArray(json)) {
    return { rows: json as unknown[], count: null, isMore: false, form: { list: null, count: null, follows: null } };
  }
  if (typeof json !== 'object' || json === null) throw wrong('it is neither a list nor an object');
  const envelope = json as Record<string, unknown>;
  const present = listKeys.filter((key) => envelope[key] !== undefined);
  const [key, other] = present;
  if (key === undefined) throw wrong('it has no list under a known key');
  const lists = present.filter((key) => Array.isArray(envelope[key]));
  if (lists.length > 1) throw wrong(`both "${lists[0]}" and "${lists[1]}" are lists`);
  if (lists.length === 1 && present.some((key) => envelope[key] === null))
    throw wrong('it has a list and one that is null');
  const rows = lists[0] === undefined ? undefined : (envelope[lists[0]] as unknown[]);
  const { count, countKey } = readCount(envelope, wrong);
  // Only a count can tell that rows are missing for the reason that a note gives.
  const confession = faultIn(envelope, (count ?? 0) > 0);
  if (confession !== undefined) throw wrong(`it says "${confession}", so it may not be whole`);
  const { next, isMore: isSaid, follows } = readNext(envelope, wrong);
  const form = { list: lists[0] ?? key, count: countKey, follows };
  if (rows === undefined) {
    if (other !== undefined || envelope[key] !== null) throw wrong(`"${key}" is not a list`);
    if (options.isRolesOfUser !== true) throw wrong(`"${key}" is null`);
    if (options.judge.overruled('null-roles') === undefined) throw fail('RL-NULL-ROLES', { where });
    // As many as the null stands for.
    return { rows: [], count: 0, isMore: false, form };
  }
  // Where it is counted, the count is judged with all rows; where it has cursors, or says that nothing follows, it ends there.
  const isFull = follows === null && !saysEnd(envelope) && isFullPage(envelope, rows.length);
  const isMore = isSaid || (count === null && isFull);
  const total = count === null ? totalIn(envelope) : undefined;
  return {
    rows,
    count,
    isMore,
    ...(total === undefined ? {} : { total }),
    ...(next === undefined ? {} : { next }),
    form,
  };
}

function readCount(
  envelope: Record<string, unknown>,
  wrong: (fault: string) => Error,
): { count: number | null; countKey: string | null } {
  const { meta } = envelope;
  const inMeta = typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>)['total'] : undefined;
  const said = [...countKeys.map((key) => [key, envelope[key]] as const), ['meta.total', inMeta] as const].filter(
    ([, value]) => value !== undefined && value !== null,
  );
  for (const [key, value] of said) {
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(`"${key}" is not a number of rows`);
  }
  const [first] = said;
  const other = said.find(([, value]) => value !== first?.[1]);
  if (first !== undefined && other !== undefined) throw wrong(`"${first[0]}" and "${other[0]}" differ`);
  return { count: (first?.[1] as number | undefined) ?? null, countKey: first?.[0] ?? null };
}

function readNext(
  envelope: Record<string, unknown>,
  wrong: (fault: string) => Error,
): { next?: Next; isMore: boolean; follows: string | null } {
  const { next_cursor: cursor, next_page: page, next } = envelope;
  const isThere = (value: unknown): boolean => ![undefined, null, false, ''].includes(value as null);
  const follows = ['next_cursor', 'next_page', 'next', 'has_more'].find((key) => envelope[key] !== undefined) ?? null;
  const text = (key: string, value: unknown): string => {
    if (typeof value === 'string' && value.length <= 4096) return value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    throw wrong(`"${key}" is not a text`);
  };
  if (isThere(cursor)) return { next: { kind: 'cursor', value: text('next_cursor', cursor) }, isMore: true, follows };
  for (const [key, value] of [
    ['next_page', page],
    ['next', next],
  ] as const) {
    if (!isThere(value)) continue;
    const said = text(key, value);
    if (/^(?:https?:)?\/|^\?/i.test(said)) return { next: { kind: 'link', value: said }, isMore: true, follows };
    if (key === 'next') return { next: { kind: 'cursor', value: said }, isMore: true, follows };
    return { next: { kind: 'page', value: said }, isMore: true, follows };
  }
  return { isMore: saysMore(envelope), follows };
}
