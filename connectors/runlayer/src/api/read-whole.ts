import type { PageAnswer } from '@batonkit/connector';
import { fail } from '../errors.ts';
import type { RunlayerApi, Wanted } from './runlayer-api.ts';

/** Page sizes that are tried, the largest first: 100 is known to be granted by lists of this API. */
const sizes: readonly (number | undefined)[] = [100, 50, undefined];
const mostPages = 50;

export type Page = Extract<PageAnswer, { kind: 'page' }>;

/**
 * The first page of a list that nobody has read yet, in the largest size that it grants.
 * @returns undefined when there is nothing at that path
 */
export async function firstPage(
  api: RunlayerApi,
  wanted: Wanted,
  signal: AbortSignal,
  options: { member?: string; most?: number } = {},
): Promise<Page | undefined> {
  const fitting = sizes.filter((size) => size === undefined || size <= (options.most ?? Infinity));
  const list = options.most === undefined || fitting[0] === options.most ? fitting : [options.most, ...fitting];
  for (const [index, limit] of list.entries()) {
    const retryLimit = (attempt: number): number | undefined => list[Math.min(index + attempt - 1, list.length - 1)];
    const answer = await api.page(wanted, { skip: 0, limit, retryLimit, signal }, options.member);
    if (answer.kind === 'page') return answer;
    if (answer.kind === 'absent') return undefined;
    if (index === list.length - 1) throw answer.error;
  }
  return undefined;
}

/**
 * A short list to its end, for checks and for the last members that readings differ in; long lists are
 * read by the reading core.
 * @returns undefined when there is nothing at that path
 */
export async function readWhole(
  api: RunlayerApi,
  wanted: Wanted,
  signal: AbortSignal,
  member?: string,
): Promise<readonly unknown[] | undefined> {
  const first = await firstPage(api, wanted, signal, member === undefined ? {} : { member });
  if (first === undefined) return undefined;
  const rows = [...first.rows];
  let page = first;
  const beginning = JSON.stringify(first.rows);
  for (let pages = 1; page.rows.length > 0; pages++) {
    const { next, count, isMore } = page;
    const astray = (): Error => fail('RL-PAGING', { list: wanted.what, page: pages });
    if (next === null && isMore === true) throw astray();
    if (next === null || (next === undefined && count !== null && rows.length >= count && isMore !== true)) break;
    if (pages >= mostPages) throw astray();
    const { limit } = first;
    const request = { skip: rows.length, limit, retryLimit: () => limit, signal };
    const answer = await api.page(
      wanted,
      { ...request, ...(typeof next === 'string' ? { cursor: next } : {}) },
      member,
    );
    if (answer.kind !== 'page') throw answer.error;
    // A list that knows no pages answers the same again; one that says that rows follow has pages of another kind.
    if (JSON.stringify(answer.rows) === beginning) {
      if (answer.isMore === true) throw astray();
      break;
    }
    page = answer;
    rows.push(...page.rows);
  }
  const { count } = page;
  if (count !== null && count !== rows.length)
    throw fail('RL-COUNT', { list: wanted.what, count, distinct: rows.length });
  return rows;
}
