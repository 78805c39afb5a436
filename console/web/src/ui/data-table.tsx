// A grid of rows that take the focus, and on a phone no table at all to a browser: its roles have to be said.
/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/no-interactive-element-to-noninteractive-role */
import { Fragment, memo, useLayoutEffect, useRef, type ReactNode } from 'react';
import { useRowKeys } from './use-row-keys.ts';
import './data-table.css';

export interface DataColumn<T> {
  id: string;
  head: ReactNode;
  renderCell: (item: T) => ReactNode;
  align?: 'right';
  /** `wide`: leaves below 1241 px; `middle`: leaves from 641 to 940 px. */
  hide?: 'wide' | 'middle';
  /** On a phone: at the right of the first one, a line of its own, or gone. */
  phone?: 'beside' | 'line' | 'none';
}

export interface DataGroup<T> {
  id: string;
  /** Stands over its rows; without it there is no head. */
  head?: ReactNode;
  items: readonly T[];
}

interface DataTableProps<T> {
  label: string;
  /** The same ones from drawing to drawing, where a table may have many rows. */
  columns: readonly DataColumn<T>[];
  groups: readonly DataGroup<T>[];
  keyOf: (item: T) => string;
}

/**
 * Rows and columns for eyes, keyboard and screen reader. On a phone each row becomes a card of the same markup. A row
 * is drawn once for as long as its item and the columns are the same: lists grow to thousands.
 */
export function DataTable<T extends object>({ label, columns, groups, keyOf }: DataTableProps<T>) {
  const frame = useRowKeys();
  return (
    <div className="table-frame" ref={frame}>
      <table className="table" role="grid" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.id} role="columnheader" scope="col" className={classOf(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {groups.map((group) => (
            <Fragment key={group.id}>
              {group.head === undefined ? null : (
                <tr role="row" className="group" tabIndex={-1}>
                  <td role="rowheader" colSpan={columns.length}>
                    {group.head}
                  </td>
                </tr>
              )}
              {group.items.map((item) => (
                <DataRow key={keyOf(item)} item={item} columns={columns as readonly DataColumn<object>[]} />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const DataRow = memo(function DataRow({ item, columns }: { item: object; columns: readonly DataColumn<object>[] }) {
  const row = useRef<HTMLTableRowElement>(null);
  // Within a grid arrows lead to them, and Tab leads on.
  useLayoutEffect(() => {
    for (const link of row.current?.querySelectorAll<HTMLElement>('a, button') ?? []) link.tabIndex = -1;
  });
  return (
    <tr role="row" tabIndex={-1} ref={row}>
      {columns.map((column, index) => (
        <td key={column.id} role={index === 0 ? 'rowheader' : 'gridcell'} className={classOf(column)}>
          {column.renderCell(item)}
        </td>
      ))}
    </tr>
  );
});

function classOf<T>({ id, align, hide, phone }: DataColumn<T>): string {
  return [
    `c-${id}`,
    align === 'right' ? 'right' : '',
    hide === undefined ? '' : `hide-${hide}`,
    phone === undefined ? '' : `phone-${phone}`,
  ]
    .filter((name) => name !== '')
    .join(' ');
}

/** Under a table: what is seen of how many, and more on demand. */
export function TableFoot({ children }: { children: ReactNode }) {
  return <div className="table-foot">{children}</div>;
}

interface WhoProps {
  mark?: ReactNode;
  name: ReactNode;
  sub?: ReactNode;
}

/** Mark, name and a second line. */
export function Who({ mark, name, sub }: WhoProps) {
  return (
    <div className="who">
      {mark}
      <div>
        <span className="who-name">{name}</span>
        {sub === undefined ? null : <span className="who-sub">{sub}</span>}
      </div>
    </div>
  );
}
