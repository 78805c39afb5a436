// A program as connectors' bins are, that says how it was started.
import { startSparingly } from '@batonkit/runtime/start-sparingly';

startSparingly(process, import.meta.main);
const { pid, argv, execArgv, env } = process;
const text = [];
for await (const part of process.stdin) text.push(part);
process.stdout.write(
  JSON.stringify({
    pid,
    words: argv.slice(2),
    execArgv,
    connected: process.send !== undefined,
    arenas: env.MALLOC_ARENA_MAX,
    stdin: text.join(''),
  }),
);
if (process.send !== undefined) process.disconnect();
