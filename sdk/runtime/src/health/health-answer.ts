import type { ProbeResult } from './target-probe.ts';
import type { ServiceState } from './service-state.ts';

/** The three questions, by their paths (protocol: runtime 3.9). */
export const endpoints = ['health', 'ready', 'live'] as const;
export type Endpoint = (typeof endpoints)[number];

export interface HealthAnswer {
  status: 200 | 503;
  body: string;
}

export const isEndpoint = (name: string): name is Endpoint => endpoints.some((one) => one === name);

/**
 * `health` is about the target, `ready` about C1, `live` about this process alone. Members and values as in the
 * genuine answers; `details` stand there only when something is not as it should be, and say of both what they are.
 */
export function answerHealth(
  endpoint: Endpoint,
  now: number,
  { c1, c1Error }: ServiceState,
  target: ProbeResult | undefined,
): HealthAnswer {
  const c1Details = c1 === 'connected' ? {} : { c1, ...(c1Error === undefined ? {} : { c1_error: c1Error }) };
  if (endpoint === 'live') return say(true, 'alive', now, {});
  if (endpoint === 'ready') {
    if (c1 === 'connected') return say(true, 'ready', now, {});
    return say(false, 'not_ready', now, { error: c1Errors[c1], ...targetDetails(target), ...c1Details });
  }
  if (target?.error === undefined) return say(true, 'healthy', now, c1Details);
  return say(false, 'unhealthy', now, {
    error: 'The target cannot be used.',
    validation_error: target.error,
    ...targetDetails(target),
    c1,
    ...c1Details,
  });
}

const c1Errors = {
  connecting: 'C1 has not answered the first Hello yet.',
  lost: 'C1 does not answer any more.',
};

function targetDetails(target: ProbeResult | undefined): Record<string, string> {
  return target === undefined ? {} : { target: target.error === undefined ? 'usable' : 'unusable' };
}

function say(isWell: boolean, status: string, now: number, details: Record<string, string>): HealthAnswer {
  const timestamp = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const told = Object.keys(details).length === 0 ? {} : { details };
  return { status: isWell ? 200 : 503, body: `${JSON.stringify({ status, timestamp, ...told })}\n` };
}
