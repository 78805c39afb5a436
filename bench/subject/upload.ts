// Ours: a file sent as a task's result.
//
//   node bench/subject/upload.ts PORT AUTHORITY-FILE FILE
import { readFileSync } from 'node:fs';
import { makeCredential } from '@batonkit/conformance';
import { systemClock, systemRandom } from '@batonkit/kernel';
import { createLogger } from '../../sdk/runtime/src/logger.ts';
import { C1Client } from '../../sdk/runtime/src/service-mode/c1-client.ts';
import { readCredential } from '../../sdk/runtime/src/service-mode/credential.ts';
import { noTrace } from '../../sdk/runtime/src/telemetry/trace.ts';
import { uploadFile } from '../../sdk/runtime/src/service-mode/upload-file.ts';

const [port = '', authority = '', path = ''] = process.argv.slice(2);
const clock = systemClock;
const random = systemRandom;
const { signal } = new AbortController();
const { clientId, clientSecret } = makeCredential(`localhost:${port}`);
const logger = createLogger({
  format: 'json',
  level: 'warn',
  clock,
  redact: (text) => text,
  colour: false,
  write: (line) => process.stderr.write(line),
});
using c1 = new C1Client({
  credential: readCredential(clientId, clientSecret),
  host: `127.0.0.1:${port}`,
  network: { ca: [readFileSync(authority, 'utf8')] },
  version: '0',
  clock,
  random,
  signal,
  onSkew: () => {},
  logger,
});
const start = performance.now();
const context = { c1, hostId: 'bench', clock, random, logger, trace: noTrace, accepts: new Set<string>() };
await uploadFile(context, { taskId: 'bench', path, signal });
process.stdout.write(JSON.stringify({ ms: performance.now() - start }));
process.exit();
