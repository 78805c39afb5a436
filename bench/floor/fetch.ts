// The floor of fetching: the same requests as a run of ours made, as many at once, each body parsed and thrown away.
//
//   node bench/floor/fetch.ts ORIGIN LANES FILE-WITH-A-JSON-LIST-OF-PATHS
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { cpuMs, report } from './report.ts';

const [origin = '', lanes = '4', file = ''] = process.argv.slice(2);
const paths = JSON.parse(readFileSync(file, 'utf8')) as string[];
const agent = new Agent({ keepAlive: true, maxSockets: Number(lanes) });
const start = performance.now();
const usage = process.cpuUsage();
let next = 0;
let bytes = 0;

function fetchOne(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(origin + path, { agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(parts);
        bytes += body.length;
        JSON.parse(body.toString('utf8'));
        resolve();
      });
    }).on('error', reject);
  });
}

async function lane(): Promise<void> {
  for (let path = paths[next++]; path !== undefined; path = paths[next++]) await fetchOne(path);
}

await Promise.all(Array.from({ length: Number(lanes) }, lane));
report({ ms: performance.now() - start, cpuMs: cpuMs(usage), requests: paths.length, bytes });
process.exit();
