import type { ReactNode } from 'react';
import './timeline.css';

export interface TimelineItem {
  id: string;
  kind: 'gained' | 'lost' | 'first';
  when: ReactNode;
  title: ReactNode;
  detail: ReactNode;
}

const SIGNS = { gained: ['+', 'ok'], lost: ['−', 'gone'], first: ['', 'start'] } as const;

/** What changed, newest first. Lost is grey: it is past. */
export function Timeline({ items }: { items: readonly TimelineItem[] }) {
  return (
    <ol className="timeline">
      {items.map(({ id, kind, when, title, detail }) => (
        <li key={id}>
          <span className="timeline-when">{when}</span>
          <Sign kind={SIGNS[kind][1]}>{SIGNS[kind][0]}</Sign>
          <div>
            <p className="timeline-title">{title}</p>
            <p className="soft">{detail}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}

/** The sign of a change; words beside it say the same. */
export function Sign({ kind, children }: { kind: 'ok' | 'gone' | 'err' | 'start'; children: string }) {
  return (
    <span className={`sign ${kind}`} aria-hidden="true">
      {children}
    </span>
  );
}
