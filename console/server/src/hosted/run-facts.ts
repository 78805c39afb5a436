import type { Progress, RequestRecord } from '@batonkit/console-store';
import type { Clock } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { ProgressLine } from './progress-line.ts';

/** Requests kept of one attempt. Later ones are only kept when they failed: those are the ones looked for. */
const KEPT_REQUESTS = 20_000;
/** Requests that wait to be stored; beyond it the oldest go. */
const WAITING_REQUESTS = 5_000;
/** Lists and their passes that one run may report. A known connector has three of each. */
const LISTS = 200;

/** Gathers what a child says into what is stored of its run, so that it can be stored a few times a second. */
export class RunFacts {
  private readonly clock: Clock;
  private readonly lists = new Map<string, Progress['lists'][number]>();
  private phase: Progress['phase'] = 'validate';
  private waiting: Progress['waiting'] = null;
  private plan: Progress['plan'] = null;
  private requests: RequestRecord[] = [];
  private seen = 0;
  private changed = true;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  take(line: ProgressLine): void {
    this.changed = true;
    switch (line.type) {
      case 'phase':
        this.phase = line.phase;
        break;
      case 'plan':
        this.plan = { name: line.plan, requests: line.requests };
        break;
      case 'list': {
        const { list: name, pass, received, total = null, pages, done } = line;
        // More would fill the memory of the console, and each is stored at every progress.
        if (this.lists.size >= LISTS && !this.lists.has(`${name} ${pass}`)) {
          throw fail('BK-RUN-PROTOCOL', { what: `It reports more than ${LISTS} lists.` });
        }
        this.lists.set(`${name} ${pass}`, { name, pass, received, total, pages, done });
        this.waiting = null;
        break;
      }
      case 'wait':
        this.waiting = {
          until: new Date(this.clock.now() + line.ms).toISOString(),
          reason: line.reason,
        };
        break;
      case 'request':
        this.waiting = null;
        this.request(line);
        break;
      case 'start':
      case 'stored':
        break;
      default:
        line satisfies never;
    }
  }

  /** What is new since the last call; undefined: nothing. */
  next(): { progress: Progress; requests: RequestRecord[] } | undefined {
    if (!this.changed) return undefined;
    this.changed = false;
    const { requests } = this;
    this.requests = [];
    const { phase, waiting, plan, seen } = this;
    return { progress: { phase, lists: [...this.lists.values()], waiting, plan, requests: seen }, requests };
  }

  private request(line: ProgressLine & { type: 'request' }): void {
    this.seen += 1;
    // The schema of the lines writes "no answer" as 0.
    const status = line.status === 0 ? null : (line.status ?? null);
    if (this.seen > KEPT_REQUESTS && status !== null && status < 400) return;
    const { at, method, path, ms, rows = null, attempt } = line;
    this.requests.push({ at, method, path, status, ms, rows, attempt });
    if (this.requests.length > 2 * WAITING_REQUESTS) this.requests = this.requests.slice(-WAITING_REQUESTS);
  }
}
