import type { Random } from '@batonkit/kernel';

const LONGEST_MS = 60_000;

/** Milliseconds after that attempt: about 1, 2, 4, … 60 s, each at random by up to a half shorter, so that many do not come at once. */
export function growingWait(attempt: number, random: Random): number {
  const whole = Math.min(1000 * 2 ** (attempt - 1), LONGEST_MS);
  return whole * (0.5 + random.float() / 2);
}
