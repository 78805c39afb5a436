import type { ReactNode } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';

interface LogListProps<T> {
  label: string;
  items: readonly T[];
  empty: string;
  more: boolean;
  onMore: () => void;
  className?: string;
  children: (item: T, index: number) => ReactNode;
}

/** Entries, newest first, in the scrolling part of the drawer. */
export function LogList<T>({ label, items, empty, more, onMore, className = '', children }: LogListProps<T>) {
  return (
    // A part that scrolls has to be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={`scroll log ${className}`} role="region" aria-label={label} tabIndex={0}>
      {items.length === 0 ? <Empty heading="h3" title={empty} /> : <ul>{items.map(children)}</ul>}
      {more ? (
        <div className="more">
          <Button size="small" onPress={onMore}>
            Show older ones
          </Button>
        </div>
      ) : null}
    </div>
  );
}
