import type { Judge } from '../exceptions.ts';
import { fail } from '../errors.ts';

/** Keys under which an API of this kind puts a list. Two of them in one answer cannot be told apart. */
const listKeys = ['data', 'items', 'results', 'users', 'roles', 'members', 'assignments'];
/** Names of the count. */
const countKeys = ['count', 'total', 'total_count'];

/** Keys by which an answer says that rows follow, and not by which request they come. */
const moreKeys = [
  'has_more',
  'hasMore',
  'has_next',
  'hasNext',
  'has_next_page',
  'hasNextPage',
  'nextCursor',
  'nextPage',
  'nextPageToken',
  'next_page_token',
  'next_token',
  'nextToken',
  'next_link',
  'nextLink',
  'next_url',
  '@odata.nextLink',
];
/** Where else such keys stand. */
const pagingKeys = ['meta', 'pagination', 'paging', 'page_info', 'pageInfo', 'links', '_links'];
/** Keys by which an answer says itself that it is not whole. */
const faultKeys = [
  'error',
  'errors',
  'partial',
  'is_partial',
  'incomplete',
  'incomplete_results',
  'truncated',
  'is_truncated',
  'timed_out',
];

/** How an answer points to what follows. */
export type Next = { kind: 'cursor' | 'page' | 'link'; value: string };

export interface Opened {
  rows: readonly unknown[];
  /** How many rows the list has; null when the answer does not say. */
  count: number | null;
  /** The answer says itself that rows follow. */
  isMore: boolean;
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
  const confession = faultKeys.find((key) => isSaid(envelope[key]));
  if (confession !== undefined) throw wrong(`it says "${confession}", so it may not be whole`);
  const { count, countKey } = readCount(envelope, wrong);
  const { next, isMore, follows } = readNext(envelope, wrong);
  const form = { list: lists[0] ?? key, count: countKey, follows };
  const rows = lists[0] === undefined ? undefined : (envelope[lists[0]] as unknown[]);
  if (rows === undefined) {
    if (other !== undefined || envelope[key] !== null) throw wrong(`"${key}" is not a list`);
    if (options.isRolesOfUser !== true) throw wrong(`"${key}" is null`);
    if (options.judge.overruled('null-roles') === undefined) throw fail('RL-NULL-ROLES', { where });
    // As many as the null stands for.
    return { rows: [], count: 0, isMore: false, form };
  }
  return { rows, count, isMore, ...(next === undefined ? {} : { next }), form };
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

/** Whether an answer without a pointer says that rows follow. */
function saysMore(envelope: Record<string, unknown>): boolean {
  const places = [envelope, ...pagingKeys.map((key) => envelope[key]).filter(isObject)];
  return places.some((place, index) => {
    const keys = index === 0 ? moreKeys : [...moreKeys, 'next', 'next_cursor', 'next_page'];
    const page = place['page'] ?? place['current_page'] ?? place['currentPage'];
    const pages = place['total_pages'] ?? place['totalPages'] ?? place['last_page'] ?? place['page_count'];
    const isBefore = typeof page === 'number' && typeof pages === 'number' && page < pages;
    return isBefore || keys.some((key) => isSaid(place[key]));
  });
}

/** Not nothing, in any of the forms in which nothing is said. */
function isSaid(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return ![undefined, null, false, '', 0].includes(value as null);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
