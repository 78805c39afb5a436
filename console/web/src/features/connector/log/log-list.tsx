import type { ReactNode } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { ScrollRegion } from '../../../ui/scroll-region.tsx';

interface LogListProps<T> {
  label: string;
  items: readonly T[];
  empty: string;
  more: boolean;
  onMore: () => void;
  className?: string;
  children: (item: T) => ReactNode;
}

/** Entries, newest first, in the scrolling part of the drawer. */
export function LogList<T>({ label, items, empty, more, onMore, className = '', children }: LogListProps<T>) {
  return (
    <ScrollRegion className={`scroll log ${className}`} label={label}>
      {items.length === 0 ? <Empty heading="h3" title={empty} /> : <ul>{items.map((item) => children(item))}</ul>}
      {more ? (
        <div className="more">
          <Button size="small" onPress={onMore}>
            Show older ones
          </Button>
        </div>
      ) : null}
    </ScrollRegion>
  );
}
