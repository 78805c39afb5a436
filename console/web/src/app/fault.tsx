import type { ErrorComponentProps } from '@tanstack/react-router';
import { Failed } from '../ui/empty.tsx';

/** In the place of a page that cannot be shown. */
export function Fault({ error, reset }: ErrorComponentProps) {
  return (
    <main className="page narrow">
      <h1 className="unseen">This page cannot be shown</h1>
      <Failed error={error} onRetry={reset} />
    </main>
  );
}
