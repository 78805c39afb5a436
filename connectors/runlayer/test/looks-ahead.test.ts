import { expect, test } from 'vitest';
import { LooksAhead, type Look } from '../src/connect/looks-ahead.ts';

const pending = (): PromiseWithResolvers<Look<string>> => Promise.withResolvers<Look<string>>();
const found = (page: string): Look<string> => ({ page, use() {} });
const { signal } = new AbortController();

test('no more looks are under way than may be', async () => {
  using ahead = new LooksAhead<string>(2, signal);
  const started: string[] = [];
  const [first, second] = [pending(), pending()];
  const start = (place: string, answer: Promise<Look<string>>): void =>
    ahead.start(place, () => (started.push(place), answer));
  start('/a', first.promise);
  start('/b', second.promise);
  start('/c', pending().promise);
  expect(started).toEqual(['/a', '/b']);
  first.resolve(found('a'));
  await first.promise;
  await Promise.resolve();
  start('/c', pending().promise);
  expect(started).toEqual(['/a', '/b', '/c']);
});

test('an answer is taken once, so that a second look sees what is there then', async () => {
  using ahead = new LooksAhead<string>(4, signal);
  ahead.start('/a', () => Promise.resolve(found('a')));
  expect((await ahead.take('/a'))?.page).toBe('a');
  expect(ahead.take('/a')).toBeUndefined();
});

test('a failure is for whoever takes it, and the end stops what nobody took', async () => {
  let stopped = false;
  {
    using ahead = new LooksAhead<string>(4, signal);
    ahead.start('/fails', () => Promise.reject(new Error('refused')));
    ahead.start('/waits', (signal) => {
      signal.addEventListener('abort', () => (stopped = true));
      return pending().promise;
    });
    await expect(ahead.take('/fails')).rejects.toThrow('refused');
  }
  expect(stopped).toBe(true);
});
