import type { ReactNode } from 'react';
import { reportOf } from '../lib/api-problem.ts';
import { ago } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import { Bones, Failed } from './empty.tsx';
import { Code, Note } from './note.tsx';

/** What of a query's state decides what is shown. */
export interface Reading<T> {
  data: T | undefined;
  error: unknown;
  /** Of the last try, also while it is being tried again. */
  failureReason: unknown;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

interface LoadedProps<T> {
  reading: Reading<T>;
  /** `administrators`, for "Reading administrators". */
  what: string;
  rows?: number;
  children: (data: T) => ReactNode;
}

/** Bones while reading, the error in the place of what could not be read, and old data with its age. */
export function Loaded<T>({ reading, what, rows, children }: LoadedProps<T>) {
  const { data, error, failureReason } = reading;
  const failed = error ?? failureReason;
  if (data !== undefined) {
    return (
      <>
        {failed === null ? null : <StaleNote error={failed} at={reading.dataUpdatedAt} />}
        {children(data)}
      </>
    );
  }
  if (failed !== null) return <Failed error={failed} onRetry={() => void reading.refetch()} />;
  return <Bones what={what} {...(rows === undefined ? {} : { rows })} />;
}

function StaleNote({ error, at }: { error: unknown; at: number }) {
  const now = useNow(5_000);
  const report = reportOf(error);
  return (
    <div role="status">
      <Note tone="warn" title={`Read ${ago(new Date(at).toISOString(), now)}. ${report.title}`}>
        <p>
          {report.remedy} <Code>{report.code}</Code>
        </p>
      </Note>
    </div>
  );
}
