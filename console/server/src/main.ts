import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BatonError, systemClock, systemRandom } from '@batonkit/kernel';
import { programAt } from './catalogue/program.ts';
import { readCommandLine } from './command-line.ts';
import { fail } from './errors.ts';
import { startConsole } from './start-console.ts';

const packageFile = new URL('../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
const asked = readCommandLine(process.argv.slice(2), version);

// Node would open its debugger, with all secrets, to every user of this machine.
process.on('SIGUSR1', () => {});
try {
  const console = await startConsole({
    dataDir: asked.data,
    port: asked.port,
    programs: asked.connector.map(programAt),
    allowedOrigins: asked.allowOrigin,
    webRoot: fileURLToPath(new URL('../../web/dist', import.meta.url)),
    version,
    clock: systemClock,
    random: systemRandom,
    writeLog: (line) => process.stderr.write(line),
  });
  let isEnding = false;
  // One Ctrl-C may arrive several times.
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    void console[Symbol.asyncDispose]().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  if (asked.endWithStdin) process.stdin.on('end', end).on('error', end).resume();
  process.stdout.write(
    asked.readyJson
      ? `${JSON.stringify({ console: console.url, signIn: console.signInLink })}\n`
      : `The console is running at ${console.url}\nSign in (works once, for an hour): ${console.signInLink}\n`,
  );
} catch (error) {
  const { title, meaning, remedy, code, status } = failureOf(error).report;
  process.stderr.write(`${title}\n${meaning}\n${remedy} (${code})\n`);
  process.exit(status);
}

/** A path that cannot be written, a full disk: said in a sentence, without frames. */
function failureOf(error: unknown): BatonError {
  if (error instanceof BatonError) return error;
  const { code, path, name } = error as NodeJS.ErrnoException;
  return fail('BK-START', { reason: [code ?? name, path === undefined ? [] : `at ${path}`].flat().join(' ') });
}
