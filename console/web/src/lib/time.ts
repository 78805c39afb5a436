import type { Bound, Interval, Span } from '@batonkit/console-contract';

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false });
const SECONDS = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const ZONED = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'long' });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** `14 Jan 2026`, in the reader's zone. */
export const day = (instant: string): string => DAY.format(Date.parse(instant));
/** `Jan 2026`. */
export const month = (instant: string): string => MONTH.format(Date.parse(instant));
/** `10:02`. */
export const clock = (instant: string): string => CLOCK.format(Date.parse(instant));
/** `10:02:19`. */
export const seconds = (instant: string): string => SECONDS.format(Date.parse(instant));
/** `14 Jan 2026, 10:02`. */
export const dayAndClock = (instant: string): string => `${day(instant)}, ${clock(instant)}`;
/** `2026-01-14 10:02:19.000 UTC`. */
export const utc = (instant: string): string => new Date(instant).toISOString().replace('T', ' ').replace('Z', ' UTC');
/** With the zone, and in UTC: what a pointer resting on a time shows. */
export const exact = (instant: string): string => `${ZONED.format(Date.parse(instant))}; ${utc(instant)}`;

/** Relative up to 48 hours, then the date: an age that nobody can count in the head is no help. */
export function ago(instant: string, now: number): string {
  const age = now - Date.parse(instant);
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < 48 * HOUR) {
    const minutes = Math.floor((age % HOUR) / MINUTE);
    return `${Math.floor(age / HOUR)} h${minutes === 0 ? '' : ` ${minutes} min`} ago`;
  }
  return `on ${dayAndClock(instant)}`;
}

/** When something began: the day, and below it how exactly that is known. */
export function sinceOf(interval: Interval): { text: string; sub: string } {
  if (interval.from.after === null) {
    return { text: `before ${day(interval.from.before)}`, sub: 'first sync; start not known' };
  }
  return { text: day(interval.from.before), sub: between(interval.from) };
}

/** `between 10:02 and 11:02`; with the days where they differ from each other. */
export function between({ after, before }: Bound): string {
  if (after === null) return `before ${dayAndClock(before)}`;
  if (day(after) !== day(before)) return `between ${dayAndClock(after)} and ${dayAndClock(before)}`;
  const [from, to] = clock(after) === clock(before) ? [seconds(after), seconds(before)] : [clock(after), clock(before)];
  return `between ${from} and ${to}`;
}

/** When what was read is true, to the second: `at 10:02:19`. */
export function spanText(span: Span): string {
  if (span.kind === 'window') return `${boundsText(span)}, while the tenant changed`;
  const bounds = boundsText(span);
  return bounds.startsWith('at') ? bounds : `at a moment ${bounds}`;
}

/** `between 10:02:05 and 10:02:19`, or `at 10:02:19` within one second. */
export function boundsText({ from, to }: Pick<Span, 'from' | 'to'>): string {
  if (seconds(from) === seconds(to) && day(from) === day(to)) return `at ${seconds(from)}`;
  return `between ${seconds(from)} and ${seconds(to)}`;
}
