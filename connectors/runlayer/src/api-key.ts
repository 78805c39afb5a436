import { fail } from './errors.ts';

/**
 * The key from what was entered.
 * @throws BatonError `RL-KEY`, `RL-KEY-ORG`: before any request, so that it is not sent for nothing
 */
export function parseApiKey(entered: string): string {
  const key = entered.trim();
  // Quotation marks come along from shells and files; behind one, an organisation key would not be known as such.
  if (!/^[\x21-\x7e]+$/.test(key) || /["'`]/.test(key)) throw fail('RL-KEY', {});
  if (key.startsWith('rl_org_')) throw fail('RL-KEY-ORG', {});
  return key;
}
