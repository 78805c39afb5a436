import manifest from '../package.json' with { type: 'json' };
import { runC1z } from './run-c1z.ts';

const { argv, env, stdout, stderr } = process;
const stopped = new AbortController();
// The unpacked database is removed before the program ends.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopped.abort());
process.exitCode = await runC1z({
  argv: argv.slice(2),
  env,
  version: manifest.version,
  stdout,
  stderr,
  signal: stopped.signal,
});
