import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A row of a table. All runs stand in it, so that nobody needs to believe a median. */
export interface Result {
  cell: string;
  /** What is compared, and how large the ratio may (or must) be. */
  ratio: number | null;
  limit: { most: number } | { least: number } | null;
  ours: Run[];
  floors: Record<string, number>[];
  /** One-minute load average before each run of ours. */
  load: number[];
  facts: Record<string, number | string>;
}

export interface Run {
  wallMs: number;
  cpuMs: number;
  rssMb: number;
}

export interface Cell {
  name: string;
  table: 'one-shot' | 'latency' | 'file' | 'service';
  /** Left out unless it is named: it takes minutes. */
  isExtra?: boolean;
  run(options: { runs: number; longestMs: number }): Promise<Result>;
}

/** One file of `docs/bench`. */
export interface Stored {
  node: string;
  cpus: string;
  cells: (Result & { code: string; at: string })[];
}

export const emptyResult = (cell: string, limit: Result['limit']): Result => ({
  cell,
  ratio: null,
  limit,
  ours: [],
  floors: [],
  load: [],
  facts: {},
});

export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
