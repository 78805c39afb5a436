import type { ListRun, Paging } from './list-run.ts';
import { bracketWords, pairs, plainWords, wordAt, words, type PagingWord } from './paging-words.ts';
import type { FetchPage, PageAnswer } from './plan.ts';

/** What is asked about: a list whose second page by `skip` and `limit` was its first. */
interface Asked {
  page: FetchPage;
  id(row: unknown): string;
  known: Paging;
}

/** `refused`: the server does not take such words, or has no page there. */
type Answer = { ids: readonly string[]; isMore: boolean } | 'refused';

/**
 * Whether the rows that came are the whole list: the server gives them however little is asked for, and by whatever
 * words; or it is paged by other words, and its next page by each of them is empty. What is found is remembered in `known`.
 */
export async function answersAll(
  source: Asked,
  signal: AbortSignal,
  all: readonly string[],
  run: ListRun,
): Promise<boolean> {
  const { page, known } = source;
  const ask = async (skip: number, limit: number | undefined, words?: Record<string, number>): Promise<Answer> => {
    const answer: PageAnswer = await page({
      skip,
      limit,
      ...(words === undefined ? {} : { words }),
      retryLimit: () => limit,
      signal,
    });
    run.pages++;
    if (answer.kind !== 'page') return 'refused';
    run.retries += answer.retries;
    run.to = Math.max(run.to, answer.receivedAt);
    const isMore = answer.isMore === true || typeof answer.next === 'string' || (answer.count ?? 0) > all.length;
    return { ids: answer.rows.map((row) => source.id(row)), isMore };
  };
  const judge = (word: PagingWord): Promise<Judgement> =>
    judgeWord(word, all, (at) => ask(all.length, run.limit, { [word.name]: at }));
  if (known.words !== undefined) {
    const judgements = await Promise.all(known.words.map(judge));
    return judgements.includes('ends') && !judgements.includes('more');
  }
  // Far behind its end a list that is paged is empty, even where rows come twice.
  const far = all.length + 1000;
  let isOdd = false;
  let isPlain = true;
  const learn = (): void => {
    run.isUnpaged = known.isUnpaged = true;
    known.unpagedUpTo = Math.max(known.unpagedUpTo ?? 0, all.length);
  };
  for (const asked of [plainWords(far), bracketWords(far)]) {
    const answer = await ask(far, 1, asked);
    if (answer !== 'refused' && isSame(answer.ids, all)) continue;
    isPlain = false;
    if (answer === 'refused') continue;
    isOdd = true;
    const came = new Set(all);
    if (!answer.ids.every((one) => came.has(one))) return false;
  }
  if (isPlain) {
    learn();
    return true;
  }
  // Many words at once are refused for any one of them, and one hides another: each is asked by itself.
  const plain = await ask(far, 1);
  if (plain === 'refused' || !isSame(plain.ids, all)) return false;
  const found: PagingWord[] = [];
  for (const word of words) {
    const judgement = await judge(word);
    if (judgement === 'more') return false;
    if (judgement === 'ends') found.push(word);
  }
  if (found.length > 0) {
    known.words = found;
    return true;
  }
  // It heeds some of the words together and none by itself: nobody knows how it is paged.
  if (isOdd) return false;
  // Of all words at once some were refused, so that those heeded only together were not heard.
  for (const [word, size] of pairs) {
    const answer = await ask(far, 1, { [word]: 2, [size]: 1 });
    if (answer !== 'refused' && !isSame(answer.ids, all)) return false;
  }
  learn();
  return true;
}

/** `ends`: the server heeds the word, and has no page after these rows; `ignored`: it does not know the word. */
type Judgement = 'ignored' | 'ends' | 'more';

/** Asks for the next page by one word, counted from 0 and from 1. */
async function judgeWord(
  word: PagingWord,
  all: readonly string[],
  ask: (at: number) => Promise<Answer>,
): Promise<Judgement> {
  const { next, shown } = wordAt(word, all);
  const byZero = await ask(next);
  if (byZero === 'refused') {
    // At the beginning too: the word is not known. Else there is nothing behind these rows. Rows begin at none.
    if (word.kind === 'row') return 'ignored';
    const first = await ask(0);
    if (first === 'refused') return 'ignored';
    return isSame(first.ids, all) ? 'ends' : 'more';
  }
  if (byZero.isMore) return 'more';
  if (byZero.ids.length === 0) return 'ends';
  const isAll = isSame(byZero.ids, all);
  // Counted from 1, this place is that of rows that came.
  if (!isSame(byZero.ids, shown)) return isAll ? 'ignored' : 'more';
  const byOne = await ask(next + 1);
  if (byOne === 'refused') return 'ends';
  if (byOne.isMore) return 'more';
  if (byOne.ids.length === 0) return 'ends';
  return isAll && isSame(byOne.ids, all) ? 'ignored' : 'more';
}

export function isSame(ids: readonly string[], before: readonly string[]): boolean {
  return ids.length === before.length && ids.every((id, index) => id === before[index]);
}
