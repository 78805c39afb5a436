import { existsSync, writeFileSync } from 'node:fs';
import { readResults } from './cells.ts';
import { median } from './measure.ts';
import type { Result, Stored } from './result.ts';

const seconds = (ms: number): string => (ms < 9950 ? (ms / 1000).toFixed(2) : (ms / 1000).toFixed(1));
const of = (values: readonly number[]): number => median(values);

function verdict({ ratio, limit }: Result): string {
  if (ratio === null || limit === null) return '';
  return ('most' in limit ? ratio <= limit.most : ratio >= limit.least) ? 'met' : 'missed';
}

/** One cell in one line, for the terminal. */
export function lineOf(result: Result): string {
  const { cell, ours, ratio, limit, load } = result;
  const bound = limit === null ? '' : 'most' in limit ? ` of at most ${limit.most}` : ` of at least ${limit.least}`;
  const rss = Math.max(...ours.map(({ rssMb }) => rssMb));
  const wall = of(ours.map(({ wallMs }) => wallMs));
  return (
    `${cell}: ${seconds(wall)} s, ratio ${(ratio ?? Number.NaN).toFixed(2)}${bound} (${verdict(result)}), ` +
    `${Math.round(rss)} MB, load ${load.map((each) => each.toFixed(1)).join(' ')}`
  );
}

/** Makes the page of tables from the results that are there. */
export function writeReport(folder: string): void {
  const parts = [
    '# How fast',
    '',
    'Measured by `npm run bench`, which writes this page; every single run is in the JSON files beside it. Wall seconds,',
    'median of the runs. A *floor* is the least that the same work can cost (`bench/floor/`): the same requests fetched',
    'and parsed, the same rows put into the same tables with indexes last, the database compressed. The server is on the',
    'same machine and shares its processors. **Ratios decide**; figures are those of this machine at this load.',
    '',
  ];
  const section = (name: string, title: string, table: (stored: Stored) => string[]): void => {
    const path = `${folder}/${name}.json`;
    if (!existsSync(path)) return;
    const stored = readResults(path);
    parts.push(`## ${title}`, '', ...table(stored), '', `${stored.cpus}, Node ${stored.node}.`, '');
  };
  section('one-shot', 'One run as a process: roles embedded, no latency, everything read twice', ({ cells }) => [
    '| users | wall s | CPU s | CPU of the floors s | start | fetch | store | save | ratio | bound | peak RSS MB | bound | load |',
    '|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|---:|---|---|',
    ...cells.map((cell) => {
      const { facts, ours, floors, load } = cell;
      const part = (name: string): string => seconds(of(floors.map((each) => each[name] ?? 0)));
      const rss = Number(facts['rssMb']);
      return row([
        facts['users'],
        seconds(of(ours.map(({ wallMs }) => wallMs))),
        seconds(of(ours.map(({ cpuMs }) => cpuMs))),
        part('cpuMs'),
        ...['startMs', 'fetchMs', 'insertMs', 'compressMs'].map(part),
        cell.ratio?.toFixed(2),
        `≤ 1.6 ${verdict(cell)}`,
        Math.round(rss),
        `≤ ${facts['rssMost']} ${rss <= Number(facts['rssMost']) ? 'met' : 'missed'}`,
        loads(load),
      ]);
    }),
  ]);
  section('latency', 'With latency', ({ cells }) => [
    'Limit = the largest of requests × latency / in flight, the longest chain of requests that need each other, and the',
    'floors; and the start of an empty Node. *: fewer than 10,000 users, as the cell would take too long.',
    '',
    '| plan | latency ms | in flight | users | requests | wall s | limit s | ratio | bound | load |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---|---|',
    ...cells.map((cell) => {
      const [, plan, latency, inFlight] = /^latency-(.+)-(\d+)ms-(\d+)$/.exec(cell.cell) ?? [];
      const { facts } = cell;
      return row([
        plan,
        latency,
        inFlight,
        `${facts['users']}${facts['isSmaller'] === 'yes' ? '*' : ''}`,
        facts['requests'],
        seconds(of(cell.ours.map(({ wallMs }) => wallMs))),
        seconds(Number(facts['limitMs'])),
        cell.ratio?.toFixed(2),
        `≤ 1.25 ${verdict(cell)}`,
        loads(cell.load),
      ]);
    }),
  ]);
  section('file', 'Rows into a file', ({ cells }) => [
    'Making the messages, encoding, storing, indexing, checking, compressing, reading back. The floor stores the same',
    'bytes and compresses them.',
    '',
    '| grants | wall s | grants/s | store | save | rate beside the floor | bound | peak RSS MB | load |',
    '|---:|---:|---:|---:|---:|---:|---|---:|---|',
    ...cells.map((cell) => {
      const { facts, ours, floors, load } = cell;
      const part = (name: string): string => seconds(of(floors.map((each) => each[name] ?? 0)));
      return row([
        facts['grants'],
        seconds(of(ours.map(({ wallMs }) => wallMs))),
        facts['grantsPerSecond'],
        part('insertMs'),
        part('compressMs'),
        cell.ratio?.toFixed(2),
        `≥ 0.6 ${verdict(cell)}`,
        Math.round(Math.max(...ours.map(({ rssMb }) => rssMb))),
        loads(load),
      ]);
    }),
  ]);
  section('service', 'The program as a service', ({ cells }) => [
    'Each as a process of its own. The upload stands beside a bare client stream of the same library over the same TLS,',
    'with SHA-256.',
    '',
    '| cell | measured | unit | beside the bound | bound | peak RSS MB | load |',
    '|---|---:|---|---:|---|---:|---|',
    ...cells.map((cell) => {
      const { facts, limit } = cell;
      return row([
        cell.cell,
        facts['measured'],
        facts['unit'],
        cell.ratio?.toFixed(2),
        limit !== null && 'least' in limit
          ? `≥ ${limit.least} ${verdict(cell)}`
          : `≤ ${facts['most']} ${verdict(cell)}`,
        Math.round(Math.max(...cell.ours.map(({ rssMb }) => rssMb))),
        loads(cell.load),
      ]);
    }),
  ]);
  writeFileSync(`${folder}/README.md`, parts.join('\n'));
}

const row = (values: readonly (string | number | undefined)[]): string => `| ${values.join(' | ')} |`;
const loads = (load: readonly number[]): string => load.map((each) => each.toFixed(1)).join(', ');
