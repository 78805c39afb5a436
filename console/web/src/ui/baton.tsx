import type { Interval } from '@batonkit/console-contract';
import { day, sinceOf } from '../lib/time.ts';
import './baton.css';

interface BatonProps {
  interval: Interval;
  /** All batons of a column share it. */
  axis: { from: string; to: string };
  /** Seen as of a past date. */
  past?: boolean;
}

/** Room at the left for what began before anybody looked, in percent. */
const BEFORE = 10;

/** An interval: body held, slanted seam and apricot tip still held now, hatching not known. */
export function Baton({ interval, axis, past = false }: BatonProps) {
  const unknown = interval.from.after === null;
  const left = unknown ? 0 : place(interval.from.before, axis);
  const right = interval.to === null ? 100 : place(interval.to.before, axis);
  const open = interval.to === null && !past;
  const body = unknown ? Math.min(BEFORE, right) : left;
  return (
    <span className="baton" role="img" aria-label={textOf(interval, past)}>
      {unknown ? (
        <i className={`begun-before ${kindOf(interval, past)}`} style={{ left: 0, width: `${body}%` }} />
      ) : null}
      <i
        className={open ? `open${unknown ? ' joined' : ''}` : `${kindOf(interval, past)}${unknown ? ' joined' : ''}`}
        style={
          open
            ? { left: `min(${body}%, 100% - 20px)` }
            : { left: `min(${body}%, 100% - 20px)`, width: `max(20px, ${right - body}%)` }
        }
      />
    </span>
  );
}

function kindOf({ to }: Interval, past: boolean): string {
  if (past) return 'seen-past';
  return to === null ? 'seen-held' : 'seen-ended';
}

function place(instant: string, { from, to }: BatonProps['axis']): number {
  const start = Date.parse(from);
  const length = Math.max(Date.parse(to) - start, 1);
  const share = Math.min(Math.max((Date.parse(instant) - start) / length, 0), 1);
  return BEFORE + share * (100 - BEFORE);
}

/** The same in words. */
function textOf(interval: Interval, past: boolean): string {
  const since = `Held since ${sinceOf(interval).text}`;
  if (interval.to !== null) return `${since}, ended ${day(interval.to.before)}`;
  return past ? `${since}, held at the date looked at` : `${since}, still held`;
}

/** What the shapes of a column mean. */
export function BatonLegend({ past = false }: { past?: boolean }) {
  return (
    <span className="legend">
      <span>
        <i className={past ? 'seen-past' : 'seen-held'} /> held
      </span>
      <span>
        <i className={past ? 'begun-before seen-past' : 'begun-before seen-held'} /> began before the first sync
      </span>
      {past ? null : (
        <span>
          <i className="now" /> still held now
        </span>
      )}
    </span>
  );
}
