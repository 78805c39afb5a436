import { readdirSync, readFileSync } from 'node:fs';

export interface Sample {
  /** Seconds since the start. */
  at: number;
  rssKb: number;
  handles: number;
  tempFiles: number;
  threads: number;
  /** CPU time used so far, milliseconds. */
  cpuMs: number;
  syncs: number;
}

/** What the kernel says about a process, and how many files are below its temporary directory. */
export function sampleProcess(pid: number, temp: string): Omit<Sample, 'at' | 'syncs'> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? NaN);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    rssKb: number('VmRSS'),
    handles: readdirSync(`/proc/${pid}/fd`).length,
    tempFiles: readdirSync(temp, { recursive: true }).length,
    threads: number('Threads'),
    // Ticks of 10 ms: user and system.
    cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
  };
}

/** Least squares: how much `value` grows per unit of `at`. */
export function slope(points: readonly { at: number; value: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [x, y] = [mean(points.map(({ at }) => at)), mean(points.map(({ value }) => value))];
  const above = points.reduce((sum, { at, value }) => sum + (at - x) * (value - y), 0);
  const below = points.reduce((sum, { at }) => sum + (at - x) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
