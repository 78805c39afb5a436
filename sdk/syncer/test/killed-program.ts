// One sync of the rich connector in a process of its own; kills itself at its n-th call, if that is given.
import { systemClock, systemRandom } from '@batonkit/kernel';
import { syncUncertified } from '../src/sync-to-file.ts';
import { richConnector } from './rich-connector.ts';
import type { RichTenant } from './rich-connector.ts';

const [path = '', tenant = '', workers = '1', killAt = ''] = process.argv.slice(2);
let calls = 0;
const { client } = richConnector(JSON.parse(tenant) as RichTenant, {
  around: async (answer) => {
    calls += 1;
    if (killAt !== '' && calls === Number(killAt)) process.kill(process.pid, 'SIGKILL');
    // Lets the others commit meanwhile, so that a kill meets them in the middle of it.
    if (calls % 2 === 0) await new Promise((done) => setImmediate(done));
    return answer();
  },
});
await syncUncertified({
  client,
  path,
  workDir: `${path}.partial`,
  connector: { type: 'rich', version: '1.0.0' },
  configDigest: 'd'.repeat(64),
  workers: Number(workers),
  clock: systemClock,
  random: systemRandom,
  signal: new AbortController().signal,
  resume: {
    maxAgeMs: 3_600_000,
    ready: () => Promise.resolve(undefined),
    decided: (decision) => void process.stdout.write(`${JSON.stringify(decision)}\n`),
  },
});
process.stdout.write(`calls ${calls}\n`);
