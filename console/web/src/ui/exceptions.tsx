import type { Exception } from '@batonkit/console-contract';
import { dayAndClock } from '../lib/time.ts';
import { Name, Time } from './text.tsx';
import './exceptions.css';

/** Judgements about the form of a tenant that somebody overruled: which, why, who, when. */
export function Exceptions({ of }: { of: readonly Exception[] }) {
  return (
    <ul className="exceptions" aria-label="Exceptions">
      {of.map(({ name, reason, by, at }) => (
        <li key={name}>
          <code className="mono">{name}</code>
          <span>
            <Name>{reason}</Name>
          </span>
          <span className="quiet fine">
            by <Name>{by}</Name>, <Time at={at}>{dayAndClock(at)}</Time>
          </span>
        </li>
      ))}
    </ul>
  );
}
