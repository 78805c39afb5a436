// Reads every file that it is told, in one process of its own, so that time and memory are those of reading: per file
// what each view says and how long it took; at the end the peak memory. Prints one JSON object.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { BatonError } from '@batonkit/kernel';
import { judgeC1z, openC1z } from '../src/index.ts';
import type { C1zReader } from '../src/index.ts';

const LIMIT = 256 * 1024 * 1024;
const VIEWS: Record<string, (reader: C1zReader) => number> = {
  'resource-types': (reader) => Array.from(reader.resourceTypes()).length,
  resources: (reader) => Array.from(reader.resources()).length,
  grants: (reader) => Array.from(reader.grants()).length,
};

async function view(path: string, count: (reader: C1zReader) => number): Promise<number | string> {
  try {
    await using reader = await openC1z(path, { mode: 'tolerant', decodedLimit: LIMIT });
    return count(reader);
  } catch (error) {
    if (error instanceof BatonError) return error.code;
    throw error;
  }
}

/** Milliseconds of processor time: those of the clock would also be the neighbours'. */
function spent(from: NodeJS.CpuUsage, to: NodeJS.CpuUsage): number {
  return (to.user + to.system - from.user - from.system) / 1000;
}

const files: Record<string, object> = {};
for (const path of process.argv.slice(2)) {
  const began = process.cpuUsage();
  const tolerant: Record<string, number | string> = {};
  for (const [name, count] of Object.entries(VIEWS)) tolerant[name] = await view(path, count);
  const read = process.cpuUsage();
  const strict = await judgeC1z(path, { decodedLimit: LIMIT, signal: new AbortController().signal });
  files[basename(path, '.c1z')] = {
    tolerant,
    strict,
    ms: Math.max(spent(began, read) / 3, spent(read, process.cpuUsage())),
  };
}
// `maxRSS` would be that of the process which started this one, if that was larger.
const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
process.stdout.write(JSON.stringify({ files, peak }));
