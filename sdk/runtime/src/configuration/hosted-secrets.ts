import { readFileSync } from 'node:fs';
import { fail } from '../errors.ts';

/**
 * Reads the secrets of a hosted run: one JSON object of field names and texts, up to the end of the
 * descriptor. They are in no argument and no variable, where other processes of the machine could see them.
 *
 * @throws BatonError `BK-HOSTED-SECRETS`
 */
export function readHostedSecrets(descriptor = 3): Map<string, string> {
  let text: string;
  try {
    text = readFileSync(descriptor, 'utf8');
  } catch (error) {
    throw fail('BK-HOSTED-SECRETS', { reason: 'cannot be read' }, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message would quote the text.
    throw fail('BK-HOSTED-SECRETS', { reason: 'are not JSON' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail('BK-HOSTED-SECRETS', { reason: 'are not a JSON object' });
  }
  const secrets = new Map<string, string>();
  for (const [name, secret] of Object.entries(value)) {
    if (typeof secret !== 'string') throw fail('BK-HOSTED-SECRETS', { reason: 'hold something that is not text' });
    secrets.set(name, secret);
  }
  return secrets;
}
