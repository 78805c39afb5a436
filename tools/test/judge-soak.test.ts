import { describe, expect, it } from 'vitest';
import { judgeSoak } from '../prove/soak/judge-soak.ts';
import type { Sample } from '../prove/soak/sample-process.ts';

/** Half an hour, a sample every ten seconds; every sixth is of a working process, which holds more of everything. */
function judge(change: (sample: Sample, n: number) => Partial<Sample> = () => ({}), count = 180) {
  const isIdle = (n: number): boolean => n % 6 !== 0;
  const samples = Array.from({ length: 180 }, (_, n) => {
    const sample: Sample = {
      at: (n + 1) * 10,
      // Ups and downs of the collector, and a start that grows.
      rssKb: 90_000 + (n % 5) * 400 + (isIdle(n) ? 0 : 3000) - Math.max(0, 40 - n) * 200,
      handles: isIdle(n) ? 22 : 31,
      tempFiles: isIdle(n) ? 0 : 4,
      threads: 11,
      cpuMs: (n + 1) * 100,
      syncs: Math.floor(n / 6),
    };
    return { ...sample, ...change(sample, n) };
  }).slice(0, count);
  return judgeSoak(
    30,
    samples,
    samples.filter((_, n) => isIdle(n)),
  );
}

describe('the verdict on a soak', () => {
  it('lets a run pass that grew only while it started', () => {
    const { figures, problems } = judge();
    expect(problems).toEqual([]);
    expect(Math.abs(figures.rssGrowthMbPer10Minutes)).toBeLessThan(0.2);
    expect(figures.cpuPercent).toBe(1);
    expect(figures.handlesBetweenSyncs).toEqual({ first: 22, last: 22, least: 22, most: 22 });
  });

  const leaks: [string, (sample: Sample, n: number) => Partial<Sample>, string][] = [
    [
      'memory, 160 kB with each sync',
      ({ rssKb }, n) => ({ rssKb: rssKb + Math.floor(n / 6) * 160 }),
      'memory grows by 1.',
    ],
    [
      'a handle, once',
      ({ handles }, n) => ({ handles: handles + (n > 150 ? 1 : 0) }),
      'handles between syncs: 22 to 23',
    ],
    [
      'a file that stays',
      ({ tempFiles }, n) => ({ tempFiles: tempFiles + Math.floor(n / 90) }),
      '1 temporary files between syncs',
    ],
  ];
  it.each(leaks)('finds a leak of %s', (_, leak, problem) => {
    expect(judge(leak).problems).toEqual([expect.stringContaining(problem)]);
  });

  it('lets memory grow by 1 MB in 10 minutes, and no more', () => {
    const growing = (mb: number) =>
      judge(({ at }) => ({ rssKb: Math.round(90_000 + (at / 600) * mb * 1024) })).problems;
    expect(growing(0.9)).toEqual([]);
    expect(growing(1.1)).toEqual(['memory grows by 1.10 MB in 10 minutes']);
  });

  it('judges nothing by a few samples', () => {
    expect(judge(undefined, 62).problems).toContain('there are too few samples to judge');
    expect(judge(undefined, 0).problems).toContain('there are too few samples to judge');
  });
});
