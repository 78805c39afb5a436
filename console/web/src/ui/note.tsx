import type { ReactNode } from 'react';
import type { ErrorReport } from '@batonkit/console-contract';
import { Shape } from './icon.tsx';
import './note.css';

const SHAPES = { warn: 'warning', err: 'error', busy: 'syncing', past: 'past' } as const;

interface NoteProps {
  tone: keyof typeof SHAPES;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}

/** What a person must know or decide here. */
export function Note({ tone, title, children, actions }: NoteProps) {
  return (
    <div className={`note ${tone}`}>
      <Shape of={SHAPES[tone]} />
      <div>
        <p className="note-title">{title}</p>
        {children}
        {actions === undefined ? null : <div className="note-actions">{actions}</div>}
      </div>
    </div>
  );
}

/** What happened, what it means, what to do; then the code. The same words as in a terminal. */
export function ErrorNote({
  report,
  actions,
}: {
  report: Pick<ErrorReport, 'code' | 'title' | 'meaning' | 'remedy'>;
  actions?: ReactNode;
}) {
  return (
    <div role="alert">
      <Note tone="err" title={report.title} {...(actions === undefined ? {} : { actions })}>
        <p>
          {report.meaning} {report.remedy} <Code>{report.code}</Code>
        </p>
      </Note>
    </div>
  );
}

/** A code to search for. */
export function Code({ children }: { children: string }) {
  return <code className="code">{children}</code>;
}
