import type { ReactNode } from 'react';
import { count, figure } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { TableFoot } from '../../ui/data-table.tsx';

interface ListFootProps {
  seen: number;
  total: number | null;
  one: string;
  more: boolean;
  fetching: boolean;
  onMore: () => void;
  children?: ReactNode;
}

/** How many of how many are seen, and the next ones. */
export function ListFoot({ seen, total, one, more, fetching, onMore, children }: ListFootProps) {
  return (
    <TableFoot>
      <span role="status">
        {total === null || total === seen ? count(seen, one) : `${figure(seen)} of ${count(total, one)}`}
      </span>
      {more ? (
        <Button size="small" waiting={fetching && 'Reading'} onPress={onMore}>
          Show more
        </Button>
      ) : null}
      {children}
    </TableFoot>
  );
}
