import type { ConnectorEvent } from '@batonkit/connector';
import type { Clock } from '@batonkit/kernel';
import type { Logger } from '../logger.ts';
import type { Phase, ProgressEvent } from '../progress/events.ts';
import { logRequest } from './log-request.ts';

const TOLD_EVERY_MS = 100;

/**
 * Lets each phase through once, as the connector alone knows when it begins to prove what it read; and of
 * counts, which change thousands of times, a few a second and the last.
 */
export class PhaseFilter {
  private readonly observe: (event: ProgressEvent) => void;
  private readonly clock: Clock;
  private phase: Phase | undefined;
  private held: ProgressEvent | undefined;
  private readonly toldAt = { stored: Number.NEGATIVE_INFINITY, list: Number.NEGATIVE_INFINITY };

  constructor(observe: (event: ProgressEvent) => void, clock: Clock) {
    this.observe = observe;
    this.clock = clock;
  }

  pass(event: ProgressEvent): void {
    if (event.type === 'stored') {
      // The last one is told before whatever comes next.
      this.held = this.isTooSoon('stored') ? event : undefined;
      if (this.held !== undefined) return;
    } else if (this.held !== undefined) {
      this.observe(this.held);
      this.held = undefined;
    }
    // A list's end is always told.
    if (event.type === 'list' && !event.done && event.pages > 1 && this.isTooSoon('list')) return;
    if (event.type === 'list' && event.pass > 1 && this.phase === 'read') this.pass({ type: 'phase', phase: 'prove' });
    if (event.type === 'phase') this.phase = event.phase;
    this.observe(event);
  }

  private isTooSoon(what: 'stored' | 'list'): boolean {
    const now = this.clock.monotonic();
    if (now - this.toldAt[what] < TOLD_EVERY_MS) return true;
    this.toldAt[what] = now;
    return false;
  }
}

/** What the connector tells, as progress and as lines of the debug log. */
export function forward(event: ConnectorEvent, phases: PhaseFilter, logger: Logger): void {
  logRequest(event, logger);
  const { at: _, ...rest } = event;
  if (rest.type !== 'request') return phases.pass(rest);
  // The host is the tenant's, and progress may be shown to others.
  const { waitMs, host: _host, ...request } = rest;
  phases.pass(request);
  if (waitMs === undefined) return;
  const { status } = request;
  const answered = status === 200 ? 'The server grants no more requests for now' : `The server answered ${status}`;
  phases.pass({ type: 'wait', ms: waitMs, reason: status === 0 ? 'No answer' : answered });
}
