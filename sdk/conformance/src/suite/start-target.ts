import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fail } from '../errors.ts';

export interface Target extends AsyncDisposable {
  /** Puts what the target said of itself in place of `${target.a.b}`. */
  fill(text: string): string;
}

/** @throws BatonError `BK-CONFORMANCE-TARGET` */
export async function startTarget(command: readonly string[]): Promise<Target> {
  const [program = '', ...args] = command;
  if (program === '') return { fill: (text) => text, [Symbol.asyncDispose]: () => Promise.resolve() };
  const child = spawn(program === 'node' ? process.execPath : program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'close').catch(() => {});
  const line = createInterface({ input: child.stdout });
  let ready: unknown;
  try {
    const [first] = (await Promise.race([
      once(line, 'line', { signal: AbortSignal.timeout(30_000) }),
      ended.then(() => ['']),
    ])) as [string];
    ready = JSON.parse(first);
  } catch (cause) {
    child.kill('SIGKILL');
    throw fail('BK-CONFORMANCE-TARGET', { why: 'it said nothing that is JSON' }, { cause });
  }
  return {
    fill: (text) =>
      text.replaceAll(/\$\{target\.([\w.]+)\}/g, (_all, path: string) => {
        let value = ready;
        for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
        if (typeof value !== 'string') throw fail('BK-CONFORMANCE-TARGET', { why: `it does not say ${path}` });
        return value;
      }),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      child.kill('SIGTERM');
      await ended;
    },
  };
}
