import { hostname } from 'node:os';
import type { ErrorReport } from '@batonkit/kernel';
import { BatonError } from '@batonkit/kernel';
import type { FlagValue } from '../cli/flag.ts';
import { parseBool } from '../cli/parse-value.ts';
import { fail } from '../errors.ts';
import type { Credential } from '../service-mode/credential.ts';
import { hostOf, readCredential } from '../service-mode/credential.ts';
import { failC1 } from '../service-mode/errors.ts';

/** What service mode needs beyond the settings of every sync. */
export interface ServiceSettings {
  credential: Credential;
  /** Replaces the host of the client id. */
  apiHost?: string;
  /** Tells this process from others with the same credential. */
  hostId: string;
  isBatch: boolean;
  /** Tasks at the same time. */
  concurrency: number;
  skipsFullSync: boolean;
  /** Of the flag; the empty one leaves it to the task. */
  storageEngine: string;
  /** What running tasks get when the service is stopped. */
  graceMs: number;
  health?: { address: string; port: number };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads what turns a run into a service: undefined without a client id. Sends nothing.
 *
 * @param problems gets all that is wrong
 * @param secrets gets the parts of the secret that could show up alone
 */
export function readService(
  given: ReadonlyMap<string, FlagValue>,
  env: Environment,
  problems: ErrorReport[],
  secrets: string[],
): ServiceSettings | undefined {
  const text = (name: string): string => {
    const value = given.get(name);
    return typeof value === 'string' ? value : '';
  };
  const number = (name: string, absent: number): number => {
    const value = given.get(name);
    return typeof value === 'number' ? value : absent;
  };
  const [id, secret] = [text('client-id'), text('client-secret')];
  // That both are given is a rule of the flags.
  if (id === '' || secret === '') return undefined;
  secrets.push(...secret.split(':').slice(3));
  const apiHost = env['BATON_C1_API_HOST']?.trim() ?? '';
  if (apiHost !== '' && hostOf(apiHost) === undefined) problems.push(failC1('BK-C1-HOST', {}).report);
  const batch = env['BATON_GET_TASKS'] ?? '';
  if (batch !== '' && parseBool(batch) === undefined)
    problems.push(fail('BK-CONFIG-VALUE', { source: 'BATON_GET_TASKS', expected: 'true or false' }).report);
  let credential: Credential;
  try {
    credential = readCredential(id, secret);
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    problems.push(error.report);
    return undefined;
  }
  return {
    credential,
    ...(apiHost === '' ? {} : { apiHost }),
    hostId: (env['BATON_HOST_ID'] || hostname() || 'baton-sdk').slice(0, 256),
    isBatch: parseBool(batch) === true,
    concurrency: number('task-concurrency', 3),
    skipsFullSync: given.get('skip-full-sync') === true,
    storageEngine: text('storage-engine'),
    graceMs: number('grace-period', 20) * 1000,
    ...(given.get('health-check') === true
      ? {
          health: {
            address: text('health-check-bind-address') || '127.0.0.1',
            port: number('health-check-port', 8081),
          },
        }
      : {}),
  };
}
