import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Connector } from '@batonkit/console-contract';
import { seconds } from '../../lib/time.ts';
import { PassedQueue } from './passed-queue.ts';

export type ShownState = Pick<Connector['state'], 'name' | 'label' | 'reason'>;

/** What the chip shows: each state that the run has passed since the page was opened, then the present one. */
export function usePassedStates({ state, passed }: Pick<Connector, 'state' | 'passed'>): ShownState {
  const [queue] = useState(() => new PassedQueue(passed, (work, after) => setTimeout(work, after)));
  useEffect(() => queue.take(passed), [queue, passed]);
  const shown = useSyncExternalStore(queue.subscribe, () => queue.shown);
  useEffect(() => afterPaint(() => queue.drawn(shown)), [queue, shown]);
  if (shown === undefined || (queue.isLast && shown.name === state.name)) return state;
  return { name: shown.name, label: shown.label, reason: `Since ${seconds(shown.at)}.` };
}

/** Runs once the frame is on the screen: an effect may run long before, when the browser is busy. */
function afterPaint(work: () => void): () => void {
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(work);
  });
  return () => cancelAnimationFrame(frame);
}
