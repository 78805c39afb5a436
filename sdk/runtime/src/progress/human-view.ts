import type { Clock } from '@batonkit/kernel';
import type { Screen } from '../screen.ts';
import type { EndDetails, Outcome, Phase, ProgressEvent, ProgressView } from './events.ts';
import { goodEnd } from './good-end.ts';
import { duration, errorBlock, leftText, number, planText, plural, resumeText } from './text.ts';

type ListEvent = Extract<ProgressEvent, { type: 'list' }>;

const headings: Record<Phase, string> = {
  validate: 'Checking address and key',
  read: 'Reading every list',
  prove: 'Proving: nothing may have changed meanwhile',
  store: 'Storing',
  save: 'Saving',
};
const REDRAW_EVERY_MS = 100;
const PLAIN_LINE_EVERY_MS = 5000;
const ETA_FROM_MS = 3000;

/**
 * Shows a run to a person: a heading for each phase, a line for each list and pass. On a terminal the
 * line of a list that is being read lives at the bottom; elsewhere it is repeated every few seconds.
 */
export class HumanView implements ProgressView {
  private readonly screen: Screen;
  private readonly clock: Clock;
  private readonly redact: (text: string) => string;
  private readonly lists = new Map<string, { event: ListEvent; since: number }>();
  private phase: Phase | undefined;
  private stored: string | undefined;
  private waiting: string | undefined;
  /** Requests that the plan needs, those that are done, and when the first was. */
  private planned: number | undefined;
  private done = 0;
  private since = 0;
  private drawnAt = Number.NEGATIVE_INFINITY;

  constructor(screen: Screen, clock: Clock, redact: (text: string) => string) {
    this.screen = screen;
    this.clock = clock;
    this.redact = redact;
  }

  event(event: ProgressEvent): void {
    switch (event.type) {
      case 'start':
        this.print(`${this.screen.bold(event.connector)} ${event.version}\n`);
        break;
      case 'phase':
        this.settle();
        this.phase = event.phase;
        this.print(`  ${headings[event.phase]}\n`);
        break;
      case 'resume':
        this.print(`  ${resumeText(event)}\n`);
        break;
      case 'left':
        this.settle();
        this.print(`\n  ${leftText(event)}\n`);
        break;
      case 'plan':
        this.planned = event.requests;
        this.print(`    ${this.screen.dim(`${event.plan}, ${plural(event.requests, 'request')} or more`)}\n`);
        break;
      case 'list':
        this.list(event);
        break;
      case 'request':
        this.waiting = undefined;
        if (this.planned !== undefined) this.count(event.status);
        break;
      case 'wait':
        this.waiting = `    ${event.reason}; trying again in ${duration(event.ms)}`;
        if (!this.screen.live) this.print(`${this.waiting}\n`);
        this.redraw(true);
        break;
      case 'stored':
        // Resource types alone come before anything is read.
        if (event.resources + event.entitlements + event.grants === 0) break;
        this.stored =
          `    ${plural(event.resources, 'resource')}, ${plural(event.entitlements, 'entitlement')}, ` +
          plural(event.grants, 'grant');
        this.redraw(false);
        break;
    }
  }

  end(outcome: Outcome, details: EndDetails): void {
    this.settle();
    this.screen.show([]);
    if (this.phase !== undefined) this.print('\n');
    if (outcome.ok && 'dryRun' in outcome) return this.print(planText(outcome.plan));
    this.print(
      outcome.ok ? goodEnd(outcome, details, this.screen) : errorBlock(outcome.error, this.screen, details.problems),
    );
  }

  private list(event: ListEvent): void {
    const key = `${event.list} ${event.pass}`;
    const now = this.clock.monotonic();
    const known = this.lists.get(key);
    if (event.done) {
      this.lists.delete(key);
      this.print(`${this.listLine(event)}\n`);
    } else if (this.screen.live) {
      this.lists.set(key, { event, since: now });
      this.redraw(false);
    } else if (known === undefined || now - known.since >= PLAIN_LINE_EVERY_MS) {
      this.lists.set(key, { event, since: now });
      if (known !== undefined) this.print(`${this.listLine(event)}\n`);
    }
  }

  private listLine({ list, pass, received, total, pages, done }: ListEvent): string {
    const mark = done ? this.screen.green('✓') : ' ';
    const rows = total === undefined || done ? number(received) : `${number(received)} of ${number(total)}`;
    const detail = this.screen.dim(`${plural(pages, 'page')}, pass ${pass}`);
    return `  ${mark} ${list.padEnd(14)} ${rows.padStart(18)}   ${detail}`;
  }

  private count(status: number): void {
    if (status < 200 || status > 299) return;
    if (this.done === 0) this.since = this.clock.monotonic();
    this.done += 1;
  }

  /** Told once it can be told: after some requests, and only where it is long enough to be waited for. */
  private timeLeft(): string {
    const { planned = 0, done } = this;
    if (done < 5 || done >= planned) return '';
    const left = ((planned - done) * (this.clock.monotonic() - this.since)) / (done - 1);
    return left < ETA_FROM_MS ? '' : `, about ${duration(Math.round(left / 1000) * 1000).replace('.0 s', ' s')} left`;
  }

  private settle(): void {
    if (this.phase === 'store' && this.stored !== undefined) this.print(`${this.stored}\n`);
    this.stored = undefined;
    this.waiting = undefined;
    this.redraw(true);
  }

  private redraw(now: boolean): void {
    if (!this.screen.live) return;
    const time = this.clock.monotonic();
    if (!now && time - this.drawnAt < REDRAW_EVERY_MS) return;
    this.drawnAt = time;
    const lines = [...this.lists.values()].map(({ event }) => this.listLine(event));
    if (lines.length > 0 && this.planned !== undefined) {
      const of = this.done <= this.planned ? ` of about ${number(this.planned)}` : '';
      lines.push(`    ${this.screen.dim(`${number(this.done)}${of} requests${this.timeLeft()}`)}`);
    }
    if (this.stored !== undefined) lines.push(this.stored);
    if (this.waiting !== undefined) lines.push(this.waiting);
    this.screen.show(lines);
  }

  private print(text: string): void {
    this.screen.print(this.redact(text));
  }
}
