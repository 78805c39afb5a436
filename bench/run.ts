// `npm run bench`: how fast we are beside the floor, which is the least that the same work can cost.
//
//   npm run bench                       all cells that were not measured with this code yet
//   npm run bench -- one-shot file      those whose names begin so
//   npm run bench -- one-shot-1000000   cells that take minutes run only when they are named in full
//   --again   measures again   --runs N   instead of 3   --longest S   seconds of waiting a cell may cost, 20
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { joinSources } from '../tools/join-sources.ts';
import { cells, knowsInFlight, readResults } from './cells.ts';
import { inRepository } from './measure.ts';
import type { Stored } from './result.ts';
import { lineOf, writeReport } from './write-report.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    again: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    longest: { type: 'string', default: '20' },
    list: { type: 'boolean', default: false },
  },
});
const wanted = cells.filter(({ name, isExtra }) =>
  isExtra
    ? positionals.includes(name)
    : positionals.length === 0 || positionals.some((start) => name === start || name.startsWith(`${start}-`)),
);
if (values.list) {
  process.stdout.write(cells.map(({ name, isExtra }) => `${name}${isExtra ? ' (when named)' : ''}\n`).join(''));
  process.exit();
}
if (wanted.length === 0) {
  process.stderr.write('No cell has such a name. --list shows them.\n');
  process.exit(2);
}
await joinSources((text) => process.stderr.write(text));
const folder = inRepository('docs/bench');
mkdirSync(folder, { recursive: true });
const code = codeDigest();
const hasInFlight = await knowsInFlight();
let misses = 0;
for (const cell of wanted) {
  const path = `${folder}/${cell.table}.json`;
  const stored: Stored = existsSync(path) ? readResults(path) : { node: '', cpus: '', cells: [] };
  const known = stored.cells.find((each) => each.cell === cell.name && each.code === code);
  if (known !== undefined && !values.again) {
    process.stdout.write(`${lineOf(known)} (measured before)\n`);
    continue;
  }
  if (/-(?:1|16)$/.test(cell.name) && cell.table === 'latency' && !hasInFlight) {
    process.stdout.write(`${cell.name}: left out, the program has no --max-in-flight\n`);
    continue;
  }
  try {
    const result = await cell.run({ runs: Number(values.runs), longestMs: Number(values.longest) * 1000 });
    const next = { ...result, code, at: new Date().toISOString() };
    stored.node = process.version;
    stored.cpus = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
    stored.cells = [...stored.cells.filter((each) => each.cell !== cell.name), next];
    stored.cells.sort((a, b) => order(a.cell) - order(b.cell));
    // Cell by cell: a run that is cut short goes on where it stopped.
    writeFileSync(path, `${JSON.stringify(stored, null, 2)}\n`);
    process.stdout.write(`${lineOf(next)}\n`);
  } catch (error) {
    misses++;
    process.stdout.write(`${cell.name}: not measured. ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
writeReport(folder);
process.exitCode = misses > 0 ? 1 : 0;

function order(name: string): number {
  return cells.findIndex((cell) => cell.name === name);
}

/** Names the code that was measured: the working tree of what runs. */
function codeDigest(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: inRepository('.'), encoding: 'utf8' });
  const parts = ['sdk', 'connectors', 'bench', 'package-lock.json'];
  const digest = createHash('sha256').update(git('ls-tree', 'HEAD', ...parts));
  digest.update(git('diff', 'HEAD', '--', ...parts));
  return digest.digest('hex').slice(0, 12);
}
