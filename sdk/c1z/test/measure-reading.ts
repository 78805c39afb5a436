// Reads every file that it is told, in one process of its own, so that time and memory are those of reading: per file
// what each view says and how long it took; at the end the peak memory. Prints one JSON object.
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

const files: Record<string, object> = {};
for (const path of process.argv.slice(2)) {
  const began = performance.now();
  const tolerant: Record<string, number | string> = {};
  for (const [name, count] of Object.entries(VIEWS)) tolerant[name] = await view(path, count);
  const read = performance.now();
  const strict = await judgeC1z(path, { decodedLimit: LIMIT, signal: new AbortController().signal });
  files[basename(path, '.c1z')] = { tolerant, strict, ms: Math.max((read - began) / 3, performance.now() - read) };
}
process.stdout.write(JSON.stringify({ files, peak: process.resourceUsage().maxRSS * 1024 }));
