import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PassedState } from '@batonkit/console-contract';
import { PassedQueue, SHOWN_FOR } from '../src/features/connector/passed-queue.ts';

const state = (name: PassedState['name'], second: number): PassedState => ({
  name,
  label: name,
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
});

/** A screen that draws late, and what it showed for how long. */
function play(before: PassedState[], answers: PassedState[][], drawingTakes: readonly number[]) {
  let now = 0;
  const timers: { at: number; work: () => void }[] = [];
  const queue = new PassedQueue(before, (work, after) => timers.push({ at: now + after, work }));
  const seen: { state: PassedState | undefined; at: number }[] = [];
  let drawings = 0;
  const draw = (): void => {
    const { shown } = queue;
    if (seen.at(-1)?.state === shown && seen.length > 0) return;
    now += drawingTakes[drawings++ % drawingTakes.length] ?? 0;
    seen.push({ state: shown, at: now });
    queue.drawn(shown);
  };
  queue.subscribe(draw);
  for (const answer of answers) queue.take(answer);
  for (let timer = timers.shift(); timer !== undefined; timer = timers.shift()) {
    now = Math.max(now, timer.at);
    timer.work();
  }
  return seen;
}

describe('the states that a run passed', () => {
  const run = [state('syncing', 1), state('processing', 2), state('connected', 3)];

  test('come in order, however the answers cut them, each long enough to be seen however late it is drawn', () => {
    const times = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 5 });
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1 });
    fc.assert(
      fc.property(cuts, times, (lengths, drawingTakes) => {
        const answers = [...lengths.toSorted((a, b) => a - b), 3].map((length) => run.slice(0, length));
        const seen = play([], answers, drawingTakes);
        expect(seen.map((each) => each.state)).toEqual([...run, undefined]);
        for (const [index, { at }] of seen.slice(1).entries())
          expect(at - (seen[index]?.at ?? 0)).toBeGreaterThanOrEqual(SHOWN_FOR);
      }),
    );
  });

  test('are not played again when the page is opened after them', () => {
    expect(play(run, [run], [0])).toEqual([]);
  });

  test('may be the same twice, at different times', () => {
    const again = state('syncing', 9);
    expect(play([], [[run[0] as PassedState, again]], [0]).map((each) => each.state)).toEqual([
      run[0],
      again,
      undefined,
    ]);
  });
});
