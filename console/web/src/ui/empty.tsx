import type { ReactNode } from 'react';
import { useLate } from '../lib/use-late.ts';
import { reportOf } from '../lib/api-problem.ts';
import { Button } from './button.tsx';
import { ErrorNote } from './note.tsx';
import './empty.css';

/** What will be here, and when or how. At most one action. */
export function Empty({
  title,
  children,
  action,
  heading = 'h2',
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  heading?: 'h1' | 'h2' | 'h3';
}) {
  const Heading = heading;
  return (
    <div className="empty">
      <Heading>{title}</Heading>
      {children === undefined ? null : <p>{children}</p>}
      {action}
    </div>
  );
}

/** Holds the place of rows that are being read; says so once it takes longer than a blink. */
export function Bones({ rows = 4, what }: { rows?: number; what: string }) {
  const late = useLate();
  return (
    <div className="bones" aria-busy="true">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="bone-row">
          <i style={{ width: `${34 + ((row * 17) % 28)}%` }} />
          <i style={{ width: `${18 + ((row * 11) % 14)}%` }} />
        </div>
      ))}
      <p className="small soft" role="status">
        {late ? `Reading ${what}` : ''}
      </p>
    </div>
  );
}

/** In the place of what cannot be shown, with a way to try again. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <ErrorNote
      report={reportOf(error)}
      {...(onRetry === undefined
        ? {}
        : {
            actions: (
              <Button size="small" icon="sync" onPress={onRetry}>
                Try again
              </Button>
            ),
          })}
    />
  );
}
