import { BatonError, systemClock } from '@batonkit/kernel';
import { readDescription } from './read-description.ts';
import { CHECKS, runSuite } from './run-suite.ts';

interface Output {
  write(text: string): unknown;
}

const help = `Checks a Baton connector, or a .c1z file, as a YAML file describes it.

Usage:
  baton-conformance FILE.yaml [--json]

Ends with 0 when every check passed or was skipped with a reason, with 1 when one failed, with 2 when it could not begin.
`;

/** The program `baton-conformance`. @returns its exit code */
export async function runConformance(io: {
  argv: readonly string[];
  stdout: Output;
  stderr: Output;
  searchPath?: string | undefined;
  /** Ends what was started, and the suite. */
  signal?: AbortSignal;
}): Promise<number> {
  const flags = io.argv.filter((word) => word.startsWith('-'));
  const [path, ...more] = io.argv.filter((word) => !word.startsWith('-'));
  if (flags.some((flag) => flag === '--help' || flag === '-h')) {
    io.stdout.write(help);
    return 0;
  }
  if (path === undefined || more.length > 0 || flags.some((flag) => flag !== '--json')) {
    io.stderr.write(help);
    return 2;
  }
  const isJson = flags.length > 0;
  const { searchPath = '', signal = new AbortController().signal } = io;
  try {
    const description = await readDescription(path, CHECKS);
    let failed = 0;
    for await (const outcome of runSuite(description, systemClock, signal, searchPath)) {
      if (outcome.verdict === 'failed') failed += 1;
      const { check, verdict, reason, ms } = outcome;
      const seconds = `${(ms / 1000).toFixed(1)} s`.padStart(7);
      io.stdout.write(
        isJson ? `${JSON.stringify(outcome)}\n` : `${verdict.padEnd(8)}${check.padEnd(22)}${seconds}  ${reason}\n`,
      );
    }
    if (!isJson) io.stdout.write(failed === 0 ? `${description.name} conforms.\n` : `${failed} failed.\n`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    if (signal.aborted) {
      io.stderr.write(
        'Stopped. What was started has been ended, and nothing is said of the checks that are missing.\n',
      );
      return 2;
    }
    if (!(error instanceof BatonError)) throw error;
    const { title, meaning, remedy } = error.report;
    io.stderr.write(`${title}\n${meaning}\n${remedy}\n`);
    return 2;
  }
}
