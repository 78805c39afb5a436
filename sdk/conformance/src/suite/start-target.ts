import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fail } from '../errors.ts';
import { startGroup } from './start-group.ts';

export interface Target extends AsyncDisposable {
  /** Puts what the target said of itself in place of `${target.a.b}`. */
  fill(text: string): string;
}

/** A target that does not end when it is asked to is killed. */
const PATIENCE_MS = 5000;

/** @throws BatonError `BK-CONFORMANCE-TARGET` */
export async function startTarget(command: readonly string[], signal: AbortSignal): Promise<Target> {
  if (command.length === 0) return { fill: (text) => text, [Symbol.asyncDispose]: () => Promise.resolve() };
  const { child, kill } = startGroup(command, { stdio: ['pipe', 'pipe', 'ignore'] }, signal);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('both are pipes');
  // It may be gone when it is told to go.
  stdin.on('error', () => {});
  const ended = once(child, 'close').catch(() => {});
  const line = createInterface({ input: stdout });
  let ready: unknown;
  try {
    const [first] = (await Promise.race([
      once(line, 'line', { signal: AbortSignal.timeout(30_000) }),
      ended.then(() => ['']),
    ])) as [string];
    ready = JSON.parse(first);
  } catch (cause) {
    kill('SIGKILL');
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
      stdin.end();
      kill('SIGTERM');
      const patience = setTimeout(() => kill('SIGKILL'), PATIENCE_MS);
      await ended;
      clearTimeout(patience);
    },
  };
}
