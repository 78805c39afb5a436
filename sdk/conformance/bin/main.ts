import { runConformance } from '../src/index.ts';

const { argv, env, stdout, stderr } = process;
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort());
process.exitCode = await runConformance({
  argv: argv.slice(2),
  stdout,
  stderr,
  searchPath: env['PATH'],
  signal: stop.signal,
});
