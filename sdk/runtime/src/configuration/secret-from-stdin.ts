import type { Readable } from 'node:stream';
import type { Flag } from '../cli/flag.ts';
import { variableOf } from '../cli/flag.ts';
import { fail } from '../errors.ts';
import { SECRET_LIMIT } from './read-secret.ts';
import { isStandardInput } from './find-value.ts';

/**
 * Reads standard input to its end if a `…_FILE` variable names it, so that a secret can come from a
 * pipe. Opening `/dev/stdin` would not do: where a program started us, it may be a socket.
 *
 * @throws BatonError `BK-CONFIG-STDIN` when several variables name it
 */
export async function readSecretFromStdin(
  flags: readonly Flag[],
  env: Readonly<Record<string, string | undefined>>,
  stdin: Readable,
): Promise<string | undefined> {
  const variables = flags
    .filter((flag) => flag.secret)
    .map((flag) => `${variableOf(flag.name)}_FILE`)
    .filter((variable) => isStandardInput(env[variable]));
  if (variables.length === 0) return undefined;
  if (variables.length > 1) throw fail('BK-CONFIG-STDIN', { variables: variables.join(' and ') });
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > SECRET_LIMIT) break;
    }
  } catch (error) {
    const reason = 'cannot be read';
    throw fail('BK-CONFIG-SECRET-FILE', { variable: variables[0] ?? '', reason }, { cause: error });
  }
  if (text.length > SECRET_LIMIT)
    throw fail('BK-CONFIG-SECRET-FILE', { variable: variables[0] ?? '', reason: 'holds more than a secret' });
  return text;
}
