import { describe, expect, test } from 'vitest';
import { faultKinds } from '../../simulators/runlayer/src/faults/index.ts';
import { drawPlan } from '../../tools/prove/faults/draw-plan.ts';
import { inLanes } from '../../tools/prove/faults/in-lanes.ts';
import { runKilled, type KillVerdict } from '../../tools/prove/faults/kill-run.ts';
import { catchBugs } from '../../tools/prove/faults/prove-faults.ts';
import { runPlan } from '../../tools/prove/faults/run-plan.ts';
import { Tally } from '../../tools/prove/faults/tally.ts';
import { isWhole } from '../support/sample.ts';

// A sample of `npm run prove -- faults`; npm test prints the seed.
const seed = Number(process.env['BATONKIT_SEED'] ?? 1);
const first = seed * 10_000;
const plans = isWhole ? 500 : 60;
const kills = isWhole ? 10 : 3;

describe('a certified file is what the tenant held at one moment', () => {
  test(`${plans} plans of faults`, { timeout: 300_000 }, async () => {
    const tally = new Tally(faultKinds.map(({ name }) => name));
    await inLanes(
      first,
      plans,
      6,
      (n) => runPlan(drawPlan(n)),
      (verdict) => tally.add(verdict),
    );
    // To see one of them: npm run prove -- faults --only SEED
    expect(tally.failures).toEqual([]);
    expect(tally.plans).toBe(plans);
    expect(tally.share).toBeGreaterThan(0.3);
    const { coverage, complete } = tally.report();
    const fired = Object.entries(coverage).map(([name, of]) => `${name} ${of.fired}`);
    process.stdout.write(
      `${plans} plans from ${first}: ${complete} complete. Faults that fell: ${fired.join(', ')}.\n`,
    );
  });

  test(`${kills} processes killed, and started again`, { timeout: 300_000 }, async () => {
    const verdicts: KillVerdict[] = [];
    await inLanes(first + 5000, kills, 2, runKilled, (verdict) => verdicts.push(verdict));
    expect(verdicts.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(verdicts.filter((verdict) => verdict.kills.length > 0).length).toBeGreaterThan(kills * 0.4);
  });

  test('readers with a mistake are caught', { timeout: 120_000 }, async () => {
    expect((await catchBugs(seed)).filter(({ caughtBy }) => caughtBy === null)).toEqual([]);
  });
});
