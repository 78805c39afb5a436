// Writes one page after the other into a working folder until it is killed; says after each how many there are.
import { join } from 'node:path';
import { systemClock } from '@batonkit/kernel';
import { createC1z } from '../src/index.ts';
import { types, user } from './samples.ts';

const [folder = '', localRows = '0'] = process.argv.slice(2);
const writer = await createC1z({
  path: join(folder, 'sync.c1z'),
  workDir: join(folder, 'work'),
  sync: { id: '3MXLMtk760LHKNDsFJZBAbI7Dss', type: 'full', startedAt: systemClock.now() },
  clock: systemClock,
  localRows: Number(localRows),
});
await writer.commit({ resourceTypes: types, checkpoint: '0' });
for (let page = 1; ; page += 1) {
  const resources = Array.from({ length: 50 }, (_, index) => user(`${page}-${index}`));
  await writer.commit({ resources, checkpoint: String(page) });
  process.stdout.write(`${page}\n`);
}
