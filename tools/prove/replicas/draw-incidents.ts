import { seededRandom } from '@batonkit/kernel';

/** Where in a task its replica is killed. */
export const killStages = ['given', 'reading', 'uploading', 'uploaded', 'finished'] as const;
export type KillStage = (typeof killStages)[number];

/** What goes wrong otherwise, once each. */
export const troubles = [
  'cancelled early',
  'cancelled while uploading',
  'upload cut',
  'upload refused',
  'upload reset',
  'answer of upload lost',
  'answer of poll lost',
  'heartbeat refused',
  'finish refused',
  'answer of finish lost',
  'token refused',
  'token not taken',
] as const;
export type Trouble = (typeof troubles)[number];

export interface TaskPlan {
  id: string;
  kill?: KillStage;
  trouble?: Trouble;
  /** Milliseconds, messages: where in its stage. */
  at: number;
}

/** A plan from a seed: `kills` tasks in which a replica is killed, about half of the others with one trouble. */
export function drawIncidents(seed: number, count: number, kills: number): TaskPlan[] {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random.float() * n);
  const order = Array.from({ length: count }, (_, n) => n);
  for (let n = count - 1; n > 0; n--) {
    const other = below(n + 1);
    [order[n], order[other]] = [order[other] ?? 0, order[n] ?? 0];
  }
  const plans = Array.from({ length: count }, (_, n): TaskPlan => ({ id: idOf(seed, n), at: below(300) }));
  for (const [rank, n] of order.entries()) {
    const plan = plans[n];
    if (plan === undefined) continue;
    // Round and round, so that a sample has each as often as can be.
    if (rank < kills) plan.kill = killStages[rank % killStages.length] ?? 'given';
    else if (rank < kills + (count - kills) * 0.6)
      plan.trouble = troubles[(rank - kills) % troubles.length] ?? 'upload cut';
  }
  return plans;
}

/** 27 letters and digits, as ids of tasks are. */
const idOf = (seed: number, n: number): string =>
  `Task${String(seed).padStart(11, '0')}x${String(n).padStart(11, '0')}`;
