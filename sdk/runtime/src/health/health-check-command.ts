import type { IncomingMessage } from 'node:http';
import { get } from 'node:http';
import type { Clock } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import { isEndpoint } from './health-answer.ts';
import { bareHost, hostAndPort } from './host-names.ts';

export interface HealthCheckOptions {
  address: string;
  port: number;
  /** `health`, `ready` or `live`. */
  endpoint: string;
  /** For the whole answer; 0: no limit. */
  timeoutSeconds: number;
  clock: Clock;
  signal: AbortSignal;
}

/** Only what the failure is named by is read; an answer may come from any program. */
const MOST_BYTES = 16_384;

/**
 * Asks a running service once; the command for container probes (protocol: runtime 1.4). Returns when it answers 200.
 *
 * @throws BatonError `BK-HEALTH-ENDPOINT`, `BK-HEALTH-FAILED` (exit 2), `BK-HEALTH-UNREACHABLE` (14),
 *   `BK-HEALTH-TIMEOUT` (4), `BK-HEALTH-NAME` (3)
 */
export async function healthCheck(options: HealthCheckOptions): Promise<void> {
  const { address, port, endpoint, timeoutSeconds, clock, signal } = options;
  if (!isEndpoint(endpoint)) throw fail('BK-HEALTH-ENDPOINT', { endpoint });
  const host = bareHost(address);
  const url = `http://${hostAndPort(host, port)}/${endpoint}`;
  const ended = new AbortController();
  const limit =
    timeoutSeconds > 0
      ? clock.sleep(timeoutSeconds * 1000, ended.signal).then(() => {
          throw fail('BK-HEALTH-TIMEOUT', { url, seconds: timeoutSeconds });
        })
      : new Promise<never>(() => {});
  limit.catch(() => {});
  try {
    const { status, text } = await Promise.race([ask(options, AbortSignal.any([signal, ended.signal])), limit]);
    if (status !== 200) throw fail('BK-HEALTH-FAILED', { url, status, said: saidIn(text) });
  } catch (error) {
    signal.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('BK-') === true) throw error;
    if (code === 'ENOTFOUND') throw fail('BK-HEALTH-NAME', { host }, { cause: error });
    throw fail('BK-HEALTH-UNREACHABLE', { url, reason: reasons[code ?? ''] ?? defaultReason }, { cause: error });
  } finally {
    ended.abort();
  }
}

const defaultReason = 'The connection failed.';
const reasons: Record<string, string> = {
  ECONNREFUSED: 'Nobody listens there.',
  EADDRNOTAVAIL: 'Nobody listens there.',
  ECONNRESET: 'The connection was broken off.',
};

async function ask(
  { address, port, endpoint }: HealthCheckOptions,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: bareHost(address), port, path: `/${endpoint}`, agent: false, signal }, resolve).on('error', reject);
  });
  const status = response.statusCode ?? 0;
  let text = '';
  // A status of 200 says all.
  if (status !== 200) {
    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk;
      if (text.length > MOST_BYTES) break;
    }
  }
  response.destroy();
  return { status, text };
}

/** The words of our own server; those of others may be anything and are not repeated. */
function saidIn(text: string): string {
  const unknown = 'Its answer says no more.';
  try {
    const { details } = JSON.parse(text) as { details?: { error?: unknown; validation_error?: unknown } };
    const parts = [details?.error, details?.validation_error].filter(
      (part): part is string => typeof part === 'string' && part.length < 500 && !/\p{Cc}/u.test(part),
    );
    return parts.length === 0 ? unknown : parts.join(' ');
  } catch {
    return unknown;
  }
}
