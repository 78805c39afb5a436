import { useEffect, useRef, type ReactNode } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components/Table';
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
  columns: readonly DataColumn<T>[];
  groups: readonly DataGroup<T>[];
  keyOf: (item: T) => string;
  /** Of what a row is called where it is spoken of. */
  nameOf: (item: T) => string;
}

/**
 * Rows and columns for eyes, keyboard and screen reader: arrows move, Enter opens a row's link. On a phone each row
 * becomes a card of the same markup.
 */
export function DataTable<T extends object>({ label, columns, groups, keyOf, nameOf }: DataTableProps<T>) {
  const frame = useEnterOpens();
  return (
    <div className="table-frame" ref={frame}>
      <Table className="table" aria-label={label}>
        <TableHeader>
          {columns.map((column, index) => (
            <Column key={column.id} id={column.id} className={classOf(column)} isRowHeader={index === 0}>
              {column.head}
            </Column>
          ))}
        </TableHeader>
        <TableBody>
          {groups.flatMap((group) => [
            ...(group.head === undefined
              ? []
              : [
                  <Row key={`group ${group.id}`} id={`group ${group.id}`} className="group" textValue={group.id}>
                    <Cell colSpan={columns.length}>{group.head}</Cell>
                  </Row>,
                ]),
            ...group.items.map((item) => (
              <Row key={`${group.id} ${keyOf(item)}`} id={`${group.id} ${keyOf(item)}`} textValue={nameOf(item)}>
                {columns.map((column) => (
                  <Cell key={column.id} className={classOf(column)}>
                    {column.renderCell(item)}
                  </Cell>
                ))}
              </Row>
            )),
          ])}
        </TableBody>
      </Table>
    </div>
  );
}

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

function useEnterOpens() {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = frame.current;
    const open = (event: KeyboardEvent) => {
      const row = event.target as HTMLElement;
      if (event.key === 'Enter' && row.getAttribute('role') === 'row') row.querySelector<HTMLElement>('a')?.click();
    };
    element?.addEventListener('keydown', open);
    return () => element?.removeEventListener('keydown', open);
  }, []);
  return frame;
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
