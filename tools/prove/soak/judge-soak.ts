import { slope, type Sample } from './sample-process.ts';

/** Megabytes in 10 minutes. */
const MOST_GROWTH = 1;

export interface SoakVerdict {
  figures: {
    samples: number;
    syncs: number;
    rssGrowthMbPer10Minutes: number;
    rssMb: { first: number; last: number; most: number };
    cpuPercent: number;
    handlesBetweenSyncs: Spread;
    tempFilesBetweenSyncs: Spread;
  };
  /** What is wrong, one sentence each; empty if the claims hold. */
  problems: string[];
}

interface Spread {
  first: number;
  last: number;
  least: number;
  most: number;
}

/**
 * The first third warms up: code is compiled, heaps find their size. Judged are the samples after it.
 * @param idle those taken while no task was under way
 */
export function judgeSoak(minutes: number, samples: readonly Sample[], idle: readonly Sample[]): SoakVerdict {
  const isCounted = ({ at }: Sample): boolean => at >= minutes * 20;
  const [counted, quiet] = [samples.filter(isCounted), idle.filter(isCounted)];
  const growth = (slope(counted.map(({ at, rssKb }) => ({ at, value: rssKb }))) * 600) / 1024;
  const spread = (part: 'handles' | 'tempFiles'): Spread => {
    const numbers = quiet.map((sample) => sample[part]);
    const [first = NaN, last = NaN] = [numbers[0], numbers.at(-1)];
    return { first, last, least: Math.min(...numbers), most: Math.max(...numbers) };
  };
  const [handles, tempFiles] = [spread('handles'), spread('tempFiles')];
  const last = samples.at(-1);
  const problems: string[] = [];
  if (counted.length < 6 || quiet.length < 3) problems.push('there are too few samples to judge');
  if (!(growth <= MOST_GROWTH)) problems.push(`memory grows by ${growth.toFixed(2)} MB in 10 minutes`);
  if (handles.least !== handles.most) problems.push(`handles between syncs: ${handles.least} to ${handles.most}`);
  if (tempFiles.most > 0) problems.push(`${tempFiles.most} temporary files between syncs`);
  return {
    figures: {
      samples: samples.length,
      syncs: last?.syncs ?? 0,
      rssGrowthMbPer10Minutes: Number(growth.toFixed(3)),
      rssMb: {
        first: megabytes(counted[0]?.rssKb),
        last: megabytes(last?.rssKb),
        most: megabytes(Math.max(...counted.map(({ rssKb }) => rssKb))),
      },
      cpuPercent: last === undefined ? NaN : Number((last.cpuMs / last.at / 10).toFixed(2)),
      handlesBetweenSyncs: handles,
      tempFilesBetweenSyncs: tempFiles,
    },
    problems,
  };
}

export const megabytes = (kilobytes = NaN): number => Number((kilobytes / 1024).toFixed(1));
