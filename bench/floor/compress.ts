// The floor of saving: one zstd frame of a database, level 3, on the disk for sure.
//
//   node bench/floor/compress.ts DATABASE TARGET
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { cpuMs, report } from './report.ts';

const [database = '', target = ''] = process.argv.slice(2);
const start = performance.now();
const usage = process.cpuUsage();
const size = 1024 * 1024;
await pipeline(
  createReadStream(database, { highWaterMark: size }),
  createZstdCompress({ chunkSize: size, params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
  createWriteStream(target),
);
const handle = await open(target, 'r+');
await handle.sync();
await handle.close();
report({ ms: performance.now() - start, cpuMs: cpuMs(usage), bytes: statSync(target).size });
