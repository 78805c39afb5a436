import { fail } from '../errors.ts';

/** Keys under which an API of this kind might put a list; two of them in one answer cannot be told apart. */
const otherLists = ['items', 'results', 'users', 'roles', 'members', 'assignments'];

/** Other names of the count. */
const otherCounts = ['total', 'total_count'];
/** Keys with which an API of this kind points to what follows. */
const followers = ['has_more', 'next', 'next_cursor', 'next_page'];

/**
 * Opens `{data, count}`, the one envelope of this release.
 * @throws BatonError `RL-SHAPE`
 */
export function openEnvelope(
  json: unknown,
  where: string,
): { rows: readonly unknown[]; count: number; isMore: boolean } {
  const wrong = (fault: string): Error => fail('RL-SHAPE', { where, fault });
  if (Array.isArray(json)) throw wrong('it is a bare list, without a count');
  if (typeof json !== 'object' || json === null) throw wrong('it is not an object');
  const envelope = json as Record<string, unknown>;
  const { data, count } = envelope;
  if (!('data' in envelope)) throw wrong('it has no "data"');
  if (!Array.isArray(data)) throw wrong(data === null ? '"data" is null' : '"data" is not a list');
  const other = otherLists.find((name) => Array.isArray(envelope[name]));
  if (other !== undefined) throw wrong(`both "data" and "${other}" are lists`);
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0)
    throw wrong('"count" is not a number of rows');
  const otherCount = otherCounts.find((name) => (envelope[name] ?? count) !== count);
  if (otherCount !== undefined) throw wrong(`"count" and "${otherCount}" differ`);
  const isMore = followers.some((name) => ![undefined, null, false, ''].includes(envelope[name] as null));
  return { rows: data as unknown[], count, isMore };
}
