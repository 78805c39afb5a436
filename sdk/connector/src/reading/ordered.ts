import { linkAbort } from '@batonkit/kernel';

/**
 * Does work for each item, up to `lanes` at once, and answers in the order of the items. The first
 * failure, or an end before the end, aborts the rest.
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  lanes: number,
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): AsyncGenerator<[T, R]> {
  using linked = linkAbort(signal);
  const running: [T, Promise<R>][] = [];
  const source = items[Symbol.iterator]();
  try {
    for (let isEnd = false; !isEnd || running.length > 0;) {
      while (!isEnd && running.length < lanes) {
        const next = source.next();
        if (next.done === true) isEnd = true;
        else running.push([next.value, quietly(work(next.value, linked.signal))]);
      }
      const first = running.shift();
      if (first !== undefined) yield [first[0], await first[1]];
    }
  } finally {
    linked.abort();
    source.return?.();
  }
}

/** The failure is reported when its turn comes; until then it is no unhandled one. */
function quietly<R>(promise: Promise<R>): Promise<R> {
  promise.catch(() => {});
  return promise;
}
