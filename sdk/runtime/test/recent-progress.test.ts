import { VirtualClock } from '@batonkit/kernel';
import { expect, test } from 'vitest';
import { RecentProgress } from '../src/service-mode/recent-progress.ts';

const phase = { type: 'phase', phase: 'read' } as const;
const wait = { type: 'wait', ms: 1500, reason: 'rate limit' } as const;

test('what is told once in a sync outlives many requests', () => {
  const progress = new RecentProgress(new VirtualClock(), (text) => text);
  progress.add(phase);
  for (let n = 0; n < 1000; n += 1) progress.add(wait);
  expect(progress.all).toHaveLength(200);
  expect(progress.all[0]).toMatchObject(phase);
});

test('a number with the digits of a secret takes its line away, and no sync fails for it', () => {
  const progress = new RecentProgress(new VirtualClock(), (text) => text.replaceAll('1500', '[redacted]'));
  progress.add(wait);
  progress.add(phase);
  expect(progress.all).toMatchObject([phase]);
});
